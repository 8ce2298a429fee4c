#include "run_sync.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "arguments.h"
#include "child.h"
#include "sync_pipe.h"

namespace nskit {
namespace {

struct SyncRequest {
  std::vector<SyncPipe> pipes;
  std::vector<OwnedFd> child_ends;  // while we hold them no end of file can come
  double timeout = 0;               // milliseconds, 0 for none
  int kill_signal = 0;
  size_t max_buffer = 0;  // bytes of each output, 0 for no limit
};

struct SyncOutcome {
  std::optional<Event> failed;
  Event exited;
  pid_t pid = 0;
  double audit_session = 0;
  bool timed_out = false;
  bool overflowed = false;
};

double NumberOf(const Napi::Object& object, const char* name, double otherwise) {
  const Napi::Value value = object.Get(name);
  return value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : otherwise;
}

bool ReadPipe(const Napi::Value& value, SyncRequest& request) {
  if (!value.IsObject()) return false;
  const Napi::Object pipe = value.As<Napi::Object>();
  const int fd = static_cast<int>(NumberOf(pipe, "fd", -1));
  if (fd < 0) return false;
  OwnedFd owned(fd);
  const Napi::Value given = pipe.Get("input");
  std::optional<SyncPipe::Input> input;
  if (IsArrayOf(given, napi_uint8_array)) {
    const Napi::Uint8Array array = given.As<Napi::Uint8Array>();
    input = {array.Data(), array.ByteLength()};
  }
  const int index = static_cast<int>(NumberOf(pipe, "index", -1));
  request.pipes.emplace_back(index, std::move(owned), input, pipe.Get("read").ToBoolean().Value());
  return true;
}

bool ReadRequest(const Napi::Value& value, SyncRequest& request) {
  if (!value.IsObject()) return false;
  const Napi::Object object = value.As<Napi::Object>();
  const Napi::Value child_ends = object.Get("childEnds");
  const Napi::Value pipes = object.Get("pipes");
  if (!IsArrayOf(child_ends, napi_int32_array) || !pipes.IsArray()) return false;
  const Napi::Int32Array ends = child_ends.As<Napi::Int32Array>();
  for (size_t i = 0; i < ends.ElementLength(); i++) request.child_ends.emplace_back(ends[i]);
  request.timeout = NumberOf(object, "timeout", 0);
  request.kill_signal = static_cast<int>(NumberOf(object, "killSignal", SIGTERM));
  const double limit = NumberOf(object, "maxBuffer", 0);
  request.max_buffer = limit > 0 && limit < 9e15 ? static_cast<size_t>(limit) : 0;
  const Napi::Array array = pipes.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) {
    if (!ReadPipe(array.Get(i), request)) return false;
  }
  return true;
}

double Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

bool AnyBusy(const std::vector<SyncPipe>& pipes) {
  return std::any_of(pipes.begin(), pipes.end(), [](const SyncPipe& pipe) { return pipe.busy(); });
}

// A set-up that hangs is no command: it does not get the caller's signal. The pipes are closed as
// child_process.spawnSync does it, so that no grandchild that keeps one open delays a killed command.
void Stop(Child& child, bool runs, SyncRequest& request) {
  if (runs) {
    child.Kill(request.kill_signal);
  } else {
    child.Destroy();
  }
  for (SyncPipe& pipe : request.pipes) pipe.Close();
}

void WaitForAny(const Child& child, const std::vector<SyncPipe>& pipes, double left) {
  if (child.blind()) left = left < 0 ? kLookEvery : std::min<double>(left, kLookEvery);
  std::vector<pollfd> fds = {{child.report_fd(), POLLIN, 0}, {child.process_fd(), POLLIN, 0}};
  if (child.over()) fds.clear();
  for (const SyncPipe& pipe : pipes) fds.push_back(pipe.Interest());
  poll(fds.data(), fds.size(), left < 0 ? -1 : static_cast<int>(std::min(left + 1, 1e9)));
}

void TakeEvents(Child& child, SyncOutcome& outcome) {
  std::vector<Event> events;
  child.Advance(events);
  child.CloseFinished();
  for (Event& event : events) {
    if (event.kind == EventKind::Running) {
      outcome.pid = child.pid();
      outcome.audit_session = event.c;
    }
    if (event.kind == EventKind::Exited) outcome.exited = event;
    if (event.kind == EventKind::Failed) outcome.failed = std::move(event);
  }
}

SyncOutcome Follow(Child& child, SyncRequest& request) {
  SyncOutcome outcome;
  bool stopped = false;
  bool overflowed = false;
  const double deadline = Now() + request.timeout;
  TakeEvents(child, outcome);
  while (!child.over() || (!outcome.failed && AnyBusy(request.pipes))) {
    const double left = request.timeout > 0 && !stopped ? std::max(0.0, deadline - Now()) : -1;
    WaitForAny(child, request.pipes, left);
    TakeEvents(child, outcome);
    for (SyncPipe& pipe : request.pipes) overflowed = !pipe.Move(request.max_buffer) || overflowed;
    if (stopped) continue;
    const bool unfinished = !child.over() || AnyBusy(request.pipes);
    // Under an init the output can come before the word that its command runs, which the signal needs.
    outcome.overflowed = overflowed && outcome.pid != 0;
    outcome.timed_out = request.timeout > 0 && unfinished && Now() >= deadline;
    stopped = outcome.overflowed || outcome.timed_out;
    if (stopped) Stop(child, outcome.pid != 0, request);
  }
  return outcome;
}

Napi::Value FailureOf(Napi::Env env, const std::optional<Event>& event) {
  if (!event) return env.Null();
  Napi::Object failed = Napi::Object::New(env);
  failed.Set("step", event->a);
  failed.Set("errno", event->b);
  failed.Set("detail", event->c);
  failed.Set("status", event->d);
  failed.Set("text", event->text);
  return failed;
}

Napi::Value PipeResultOf(Napi::Env env, const SyncPipe& pipe) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("index", pipe.index());
  result.Set("output", env.Null());
  const std::string& output = pipe.output();
  if (pipe.reads()) result.Set("output", Napi::Buffer<char>::Copy(env, output.data(), output.size()));
  return result;
}

Napi::Value ResultOf(Napi::Env env, const SyncOutcome& outcome, const std::vector<SyncPipe>& pipes) {
  Napi::Array outputs = Napi::Array::New(env, pipes.size());
  for (uint32_t i = 0; i < pipes.size(); i++) outputs.Set(i, PipeResultOf(env, pipes[i]));
  Napi::Object result = Napi::Object::New(env);
  result.Set("failed", FailureOf(env, outcome.failed));
  result.Set("pid", outcome.pid);
  result.Set("exitCode", outcome.exited.a);
  result.Set("signal", outcome.exited.b);
  result.Set("pipes", outputs);
  result.Set("auditSession", outcome.audit_session);
  result.Set("timedOut", outcome.timed_out);
  result.Set("overflowed", outcome.overflowed);
  return result;
}

}  // namespace

Napi::Value RunSync(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  SyncRequest request;
  if (!ReadRequest(info[3], request)) return Refuse(env, "runSync: request is not a SyncRequest");
  std::optional<LaunchOrder> order = ReadOrder(info);
  if (!order) return env.Undefined();
  Child child(Launch(std::move(*order)));
  request.child_ends.clear();
  const SyncOutcome outcome = Follow(child, request);
  return ResultOf(env, outcome, request.pipes);
}

}  // namespace nskit
