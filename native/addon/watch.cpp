#include "watch.h"

#include <errno.h>

#include <utility>

#include "guardian.h"

namespace nskit {

Napi::Function Watch::Define(Napi::Env env) {
  return DefineClass(env, "NativeProcess",
                     {
                         InstanceMethod<&Watch::Kill>("kill"),
                         InstanceMethod<&Watch::Destroy>("destroy"),
                         InstanceMethod<&Watch::Release>("release"),
                         InstanceMethod<&Watch::RefLoop>("ref"),
                         InstanceMethod<&Watch::UnrefLoop>("unref"),
                     });
}

Watch::Watch(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

Watch::~Watch() {
  if (child_) Abandon();
}

void Watch::Begin(Handles& handles, Launched launched, Napi::Function listener) {
  handles_ = &handles;
  child_ = std::make_unique<Child>(std::move(launched));
  listener_ = Napi::Persistent(listener);
  context_.emplace(Env(), "nskit.process", Value());
  report_.emplace(handles, *this);
  process_.emplace(handles, *this);
  handles.Add(this);
  Ref();
  Arm();
}

void Watch::Arm() {
  if (child_->blind()) {
    report_->Look(referenced_);
  } else {
    report_->Follow(child_->report_fd(), referenced_);
  }
  process_->Follow(child_->process_fd(), referenced_);
  child_->CloseFinished();
}

void Watch::OnReady() {
  const Napi::HandleScope scope(Env());
  std::vector<Event> events;
  events.swap(pending_);
  child_->Advance(events);
  const bool over = child_->over();
  if (over) {
    StopWatching();
  } else {
    Arm();
  }
  for (size_t i = 0; i < events.size(); i++) {
    // Who hears of the end finds no descriptor left.
    if (over && i + 1 == events.size()) LetGo();
    Deliver(events[i]);
  }
  if (over) Finish();
}

void Watch::Deliver(const Event& event) {
  const Napi::Env env = Env();
  if (listener_.IsEmpty()) return;
  const std::initializer_list<napi_value> arguments = {
      Napi::Number::New(env, static_cast<double>(event.kind)),
      Napi::Number::New(env, event.a),
      Napi::Number::New(env, event.b),
      Napi::Number::New(env, event.c),
      Napi::Number::New(env, event.d),
      Napi::String::New(env, event.text),
  };
  listener_.Value().MakeCallback(Value(), arguments, *context_);
  if (!env.IsExceptionPending()) return;
  const Napi::Error error = env.GetAndClearPendingException();
  napi_fatal_exception(env, error.Value());
}

void Watch::StopWatching() {
  report_.reset();
  process_.reset();
}

void Watch::LetGo() {
  handles_->Remove(this);
  child_.reset();
}

void Watch::Finish() {
  listener_.Reset();
  context_.reset();
  Unref();
}

void Watch::Abandon() {
  StopWatching();
  if (child_ && !child_->over()) Adopt(std::move(child_));
  child_.reset();
  listener_.Reset();
  context_.reset();
}

Napi::Value Watch::Kill(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsNumber()) {
    Napi::TypeError::New(env, "kill(signal): signal must be a number").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const int signal = info[0].As<Napi::Number>().Int32Value();
  if (!child_) return Napi::Number::New(env, -ESRCH);
  // The loop may not have turned for long: what was set up then may run by now, and be what is meant.
  if (!child_->running() && !child_->over()) {
    child_->Advance(pending_);
    if (!pending_.empty()) report_->Look(referenced_);
  }
  return Napi::Number::New(env, child_->Kill(signal));
}

void Watch::Destroy(const Napi::CallbackInfo&) {
  if (!child_ || child_->over()) return;
  child_->Destroy();
  Arm();
}

void Watch::Release(const Napi::CallbackInfo&) {
  if (child_ && !child_->over()) child_->Release();
}

void Watch::RefLoop(const Napi::CallbackInfo&) {
  Reference(true);
}
void Watch::UnrefLoop(const Napi::CallbackInfo&) {
  Reference(false);
}

void Watch::Reference(bool on) {
  referenced_ = on;
  if (report_) report_->Reference(on);
  if (process_) process_->Reference(on);
}

}  // namespace nskit
