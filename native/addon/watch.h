#pragma once

#include <napi.h>

#include <memory>
#include <optional>
#include <vector>

#include "child.h"
#include "handles.h"

namespace nskit {

// The NativeProcess of lib/native/binding.ts: follows one Child on its environment's loop.
class Watch : public Napi::ObjectWrap<Watch> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit Watch(const Napi::CallbackInfo& info);
  ~Watch() override;

  void Begin(Handles& handles, Launched launched, Napi::Function listener);
  void OnReady();
  // The environment ends: the child does not.
  void Abandon();

 private:
  Napi::Value Kill(const Napi::CallbackInfo& info);
  void Destroy(const Napi::CallbackInfo& info);
  void Release(const Napi::CallbackInfo& info);
  void RefLoop(const Napi::CallbackInfo& info);
  void UnrefLoop(const Napi::CallbackInfo& info);
  void Reference(bool on);

  void Arm();
  void Deliver(const Event& event);
  void StopWatching();
  void LetGo();
  void Finish();

  Handles* handles_ = nullptr;
  std::unique_ptr<Child> child_;
  std::optional<Poll> report_;
  std::optional<Poll> process_;
  bool referenced_ = true;
  std::vector<Event> pending_;  // found out between two turns of the loop, to be told in the next
  Napi::FunctionReference listener_;
  std::optional<Napi::AsyncContext> context_;
};

}  // namespace nskit
