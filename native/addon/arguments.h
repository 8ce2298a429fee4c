#pragma once

#include <napi.h>

#include <optional>

#include "launch.h"

namespace nskit {

// Throws a TypeError in JavaScript; the caller returns what it returns.
Napi::Value Refuse(Napi::Env env, const char* message);

bool IsArrayOf(const Napi::Value& value, napi_typedarray_type type);

// plan, pass, environment: the first three arguments of launch and runSync. Nothing, with a TypeError
// thrown, where they are not what they must be. The plan's bytes stay JavaScript's.
std::optional<LaunchOrder> ReadOrder(const Napi::CallbackInfo& info);

}  // namespace nskit
