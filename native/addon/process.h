#pragma once

#include <sys/types.h>

#include "owned_fd.h"

namespace nskit {

// How a process ended: an exit code, or the signal that killed it with a code of -1.
struct Ending {
  int code = -1;
  int signal = 0;
};
Ending FromWaitStatus(int status);

// A process known by its pidfd.
class Process {
 public:
  Process() = default;
  Process(pid_t pid, OwnedFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  bool known() const { return pid_ != 0; }
  bool ended() const { return ended_; }
  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }
  Ending ending() const { return ending_; }

  // Only for a child of ours. True when it has ended in this call. Never blocks.
  bool Reap();
  // 0 or a negative errno.
  int Signal(int signal) const;
  void CloseIfEnded() {
    if (ended_) pidfd_.Close();
  }

 private:
  pid_t pid_ = 0;
  OwnedFd pidfd_;
  bool ended_ = false;
  Ending ending_;
};

// A child of ours that is only known by number; unknown when there is no such child. The number
// cannot be another's: only we could reap it.
Process FindChild(pid_t pid);

}  // namespace nskit
