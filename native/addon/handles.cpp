#include "handles.h"

#include "watch.h"

namespace nskit {

Handles* Handles::Create(napi_env env) {
  Handles* handles = new Handles;
  if (napi_get_uv_event_loop(env, &handles->loop_) != napi_ok ||
      napi_add_async_cleanup_hook(env, OnEnvironmentEnd, handles, &handles->hook_) != napi_ok) {
    delete handles;
    return nullptr;
  }
  return handles;
}

void Handles::OnEnvironmentEnd(napi_async_cleanup_hook_handle, void* self) {
  Handles* handles = static_cast<Handles*>(self);
  handles->ending_ = true;
  const std::set<Watch*> watches = std::move(handles->watches_);
  handles->watches_.clear();
  for (Watch* watch : watches) watch->Abandon();
  handles->FinishIfDone();
}

void Handles::Closed() {
  open_--;
  FinishIfDone();
}

void Handles::FinishIfDone() {
  if (!ending_ || open_ != 0) return;
  napi_remove_async_cleanup_hook(hook_);
  delete this;
}

struct Poll::Handle {
  union {
    uv_handle_t any;
    uv_poll_t poll;
    uv_timer_t timer;
  };
  Handles* handles;
  Watch* owner;
};

void Poll::Follow(int fd, bool referenced) {
  if (fd == fd_ && (handle_ != nullptr) == (fd >= 0)) return;
  Stop();
  if (fd >= 0) Open(fd, referenced);
}

void Poll::Open(int fd, bool referenced) {
  Handle* handle = new Handle;
  handle->handles = &handles_;
  handle->owner = &owner_;
  uv_loop_t* loop = handles_.loop();
  if (fd >= 0 && uv_poll_init(loop, &handle->poll, fd) == 0) {
    uv_poll_start(&handle->poll, UV_READABLE,
                  [](uv_poll_t* poll, int, int) { static_cast<Handle*>(poll->data)->owner->OnReady(); });
  } else {
    // Nothing to poll, or the kernel refuses it (the user's limit of epoll watches).
    uv_timer_init(loop, &handle->timer);
    const auto look = [](uv_timer_t* timer) { static_cast<Handle*>(timer->data)->owner->OnReady(); };
    uv_timer_start(&handle->timer, look, 0, kLookEvery);
  }
  handle->any.data = handle;
  handles_.Opened();
  handle_ = handle;
  fd_ = fd;
  Reference(referenced);
}

void Poll::Look(bool referenced) {
  if (handle_ != nullptr && fd_ < 0) return;
  Stop();
  Open(-1, referenced);
}

void Poll::Reference(bool on) {
  if (handle_ == nullptr) return;
  if (on) {
    uv_ref(&handle_->any);
  } else {
    uv_unref(&handle_->any);
  }
}

void Poll::Stop() {
  if (handle_ == nullptr) return;
  uv_close(&handle_->any, [](uv_handle_t* any) {
    Handle* handle = static_cast<Handle*>(any->data);
    Handles* handles = handle->handles;
    delete handle;
    handles->Closed();
  });
  handle_ = nullptr;
  fd_ = -1;
}

}  // namespace nskit
