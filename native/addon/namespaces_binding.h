#pragma once

#include <napi.h>

namespace nskit {

// listNamespaces of lib/native/binding.ts.
void RegisterNamespaces(Napi::Env env, Napi::Object exports);

}  // namespace nskit
