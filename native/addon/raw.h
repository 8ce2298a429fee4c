#pragma once

#include <napi.h>

namespace nskit {

// The functions of lib/native/binding.ts that are one system call each, and those on descriptors.
void DefineRaw(Napi::Env env, Napi::Object exports);

}  // namespace nskit
