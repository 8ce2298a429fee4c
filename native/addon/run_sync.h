#pragma once

#include <napi.h>

namespace nskit {

// runSync of lib/native/binding.ts: launches and waits, without an event loop.
Napi::Value RunSync(const Napi::CallbackInfo& info);

}  // namespace nskit
