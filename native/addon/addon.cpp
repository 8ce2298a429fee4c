#include <napi.h>

#include "arguments.h"
#include "handles.h"
#include "launch.h"
#include "namespaces_binding.h"
#include "raw.h"
#include "run_sync.h"
#include "status_binding.h"
#include "watch.h"

namespace nskit {
namespace {

// What one load of the addon owns: one for the main thread and one for each Worker.
struct AddonData {
  Napi::FunctionReference process;
  Handles* handles = nullptr;  // frees itself with the environment
};

Napi::Value LaunchProcess(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::optional<LaunchOrder> order = ReadOrder(info);
  if (!order) return env.Undefined();
  if (!info[3].IsFunction()) return Refuse(env, "launch: listener must be a function");

  AddonData* data = env.GetInstanceData<AddonData>();
  const Napi::Object object = data->process.New({});
  if (env.IsExceptionPending()) return env.Undefined();
  Watch* watch = Watch::Unwrap(object);
  watch->Begin(*data->handles, Launch(std::move(*order)), info[3].As<Napi::Function>());
  return object;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  AddonData* data = new AddonData;
  data->process = Napi::Persistent(Watch::Define(env));
  data->handles = Handles::Create(env);
  env.SetInstanceData(data);
  if (data->handles == nullptr) {
    Napi::Error::New(env, "nskit cannot join this thread's event loop").ThrowAsJavaScriptException();
    return exports;
  }
  exports.Set("launch", Napi::Function::New<LaunchProcess>(env, "launch"));
  exports.Set("runSync", Napi::Function::New<RunSync>(env, "runSync"));
  DefineRaw(env, exports);
  RegisterNamespaces(env, exports);
  RegisterStatus(env, exports);
  return exports;
}

}  // namespace
}  // namespace nskit

static Napi::Object InitNskit(Napi::Env env, Napi::Object exports) {
  return nskit::Init(env, exports);
}

NODE_API_MODULE(nskit, InitNskit)
