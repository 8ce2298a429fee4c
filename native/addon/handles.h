// libuv handles of one environment (the main thread's or a Worker's), and their end with it.
#pragma once

#include <napi.h>
#include <uv.h>

#include <set>

namespace nskit {

class Watch;

class Handles {
 public:
  // For the environment's own loop: uv_default_loop() is another thread's in a Worker.
  static Handles* Create(napi_env env);

  uv_loop_t* loop() const { return loop_; }
  void Add(Watch* watch) { watches_.insert(watch); }
  void Remove(Watch* watch) { watches_.erase(watch); }
  void Opened() { open_++; }
  void Closed();

 private:
  Handles() = default;
  static void OnEnvironmentEnd(napi_async_cleanup_hook_handle hook, void* self);
  void FinishIfDone();

  uv_loop_t* loop_ = nullptr;
  std::set<Watch*> watches_;
  int open_ = 0;  // handles whose close callback has not run: the loop must turn until it has
  bool ending_ = false;
  napi_async_cleanup_hook_handle hook_ = nullptr;
};

// Calls its owner when a descriptor is readable.
class Poll {
 public:
  Poll(Handles& handles, Watch& owner) : handles_(handles), owner_(owner) {}
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;
  ~Poll() { Stop(); }

  // Watches `fd` from now on, and nothing for -1.
  void Follow(int fd, bool referenced);
  // Calls it at the loop's next turn, and again and again.
  void Look(bool referenced);
  void Reference(bool on);
  void Stop();

 private:
  struct Handle;
  void Open(int fd, bool referenced);

  Handles& handles_;
  Watch& owner_;
  Handle* handle_ = nullptr;  // freed by its close callback
  int fd_ = -1;
};

}  // namespace nskit
