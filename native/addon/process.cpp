#include "process.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"

namespace nskit {
namespace {

// linux/wait.h; glibc has it as P_PIDFD since 2.36.
constexpr idtype_t kPidfd = static_cast<idtype_t>(3);

OwnedFd OpenPidfd(pid_t pid) {
  return OwnedFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

}  // namespace

Ending FromWaitStatus(int status) {
  if (WIFEXITED(status)) return {WEXITSTATUS(status), 0};
  return {-1, WTERMSIG(status)};
}

bool Process::Reap() {
  if (ended_ || pid_ == 0) return false;
  // Its pidfd could not be received or opened (EMFILE): it may be possible by now.
  if (!pidfd_) pidfd_ = OpenPidfd(pid_);
  if (!pidfd_) return false;
  siginfo_t info = {};
  if (waitid(kPidfd, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG) != 0) {
    // Someone else has reaped it (SIGCHLD ignored, a waitpid(-1) in the process): it is gone, unseen.
    ended_ = errno == ECHILD;
    return ended_;
  }
  if (info.si_pid == 0) return false;
  ended_ = true;
  ending_ = info.si_code == CLD_EXITED ? Ending{info.si_status, 0} : Ending{-1, info.si_status};
  return true;
}

int Process::Signal(int signal) const {
  if (!pidfd_ || ended_) return -ESRCH;
  return syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0) == 0 ? 0 : -errno;
}

Process FindChild(pid_t pid) {
  siginfo_t info = {};
  if (pid <= 0 || waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return {};
  return Process(pid, OpenPidfd(pid));
}

}  // namespace nskit
