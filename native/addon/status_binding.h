#pragma once

#include <napi.h>

namespace nskit {

// parseStatus, readStatus, readAllStatuses, statusFields and statusColumns of lib/native/binding.ts.
void RegisterStatus(Napi::Env env, Napi::Object exports);

}  // namespace nskit
