#include "arguments.h"

namespace nskit {

bool IsArrayOf(const Napi::Value& value, napi_typedarray_type type) {
  return value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == type;
}

Napi::Value Refuse(Napi::Env env, const char* message) {
  Napi::TypeError::New(env, message).ThrowAsJavaScriptException();
  return env.Undefined();
}

std::optional<LaunchOrder> ReadOrder(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!IsArrayOf(info[0], napi_uint8_array) || !IsArrayOf(info[1], napi_int32_array) ||
      !info[2].IsBoolean()) {
    Refuse(env, "expected (plan: Uint8Array, pass: Int32Array, environment: boolean, …)");
    return std::nullopt;
  }
  const Napi::Uint8Array plan = info[0].As<Napi::Uint8Array>();
  const Napi::Int32Array pass = info[1].As<Napi::Int32Array>();
  const std::optional<PlanShape> shape = ReadShape(plan.Data(), plan.ByteLength());
  if (!shape) {
    Refuse(env, "these bytes are not a plan of this version");
    return std::nullopt;
  }
  LaunchOrder order;
  order.plan = plan.Data();
  order.size = plan.ByteLength();
  order.shape = *shape;
  order.pass.assign(pass.Data(), pass.Data() + pass.ElementLength());
  order.environment = info[2].As<Napi::Boolean>().Value();
  return order;
}

}  // namespace nskit
