#include "guardian.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace nskit {
namespace {

struct Work {
  const std::function<void()>* run;
  bool done = false;
};

class Guardian {
 public:
  // 0 or an errno.
  int Start() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (wake_) return 0;
    OwnedFd wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake) return errno;
    wake_ = std::move(wake);
    const int error = CreateThread();
    if (error != 0) wake_.Close();
    return error;
  }

  void Run(const std::function<void()>& run) {
    Work work{&run};
    std::unique_lock<std::mutex> lock(mutex_);
    works_.push_back(&work);
    Wake();
    done_.wait(lock, [&] { return work.done; });
  }

  void Adopt(std::unique_ptr<Child> child) {
    const std::lock_guard<std::mutex> lock(mutex_);
    adopted_.push_back(std::move(child));
    Wake();
  }

 private:
  // All signals stay with Node's own threads.
  int CreateThread() {
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    const auto loop = [](void* self) -> void* { static_cast<Guardian*>(self)->Loop(); };
    const int error = pthread_create(&thread, &attributes, loop, this);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    return error;
  }

  void Wake() {
    const uint64_t one = 1;
    while (write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  [[noreturn]] void Loop() {
    pthread_setname_np(pthread_self(), "nskit-guardian");
    for (;;) {
      Wait();
      TakeOrders();
      for (const auto& child : children_) {
        std::vector<Event> unheard;
        child->Advance(unheard);
        child->CloseFinished();
      }
      const auto over = [](const std::unique_ptr<Child>& child) { return child->over(); };
      children_.erase(std::remove_if(children_.begin(), children_.end(), over), children_.end());
    }
  }

  void Wait() {
    std::vector<pollfd> fds = {{wake_.get(), POLLIN, 0}};
    int timeout = -1;
    for (const auto& child : children_) {
      if (child->blind()) timeout = kLookEvery;
      fds.push_back({child->report_fd(), POLLIN, 0});
      fds.push_back({child->process_fd(), POLLIN, 0});
    }
    poll(fds.data(), fds.size(), timeout);
  }

  void TakeOrders() {
    uint64_t count;
    if (read(wake_.get(), &count, sizeof count) < 0) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    for (Work* work : works_) {
      (*work->run)();
      work->done = true;
    }
    works_.clear();
    for (auto& child : adopted_) children_.push_back(std::move(child));
    adopted_.clear();
    done_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable done_;
  OwnedFd wake_;
  std::vector<Work*> works_;
  std::vector<std::unique_ptr<Child>> adopted_;
  std::vector<std::unique_ptr<Child>> children_;  // the thread's own
};

// Never destroyed: its thread runs while static destructors do.
Guardian& TheGuardian() {
  static Guardian* guardian = new Guardian;
  return *guardian;
}

}  // namespace

int RunOnGuardian(const std::function<void()>& work) {
  Guardian& guardian = TheGuardian();
  const int error = guardian.Start();
  if (error == 0) guardian.Run(work);
  return error;
}

void Adopt(std::unique_ptr<Child> child) {
  Guardian& guardian = TheGuardian();
  if (guardian.Start() == 0) {
    guardian.Adopt(std::move(child));
  } else {
    // Without a thread nobody can wait for it. Its lifeline must not be cut: it is left open.
    static_cast<void>(child.release());
  }
}

}  // namespace nskit
