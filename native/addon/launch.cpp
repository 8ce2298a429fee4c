#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "clone_into.h"
#include "guardian.h"
#include "image.h"
#include "kernel.h"
#include "raw_syscall.h"

extern char** environ;

namespace nskit {
namespace {

Launched Refused(int error) {
  Launched launched;
  launched.error = error;
  return launched;
}

OwnedFd CreatePlanFd() {
  int fd = memfd_create("nskit-plan", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL)
    fd = memfd_create("nskit-plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);  // before 6.3
  return OwnedFd(fd);
}

// 0 or an errno.
int WritePlan(int fd, const uint8_t* plan, size_t size, int report_fd) {
  PlanHeader header;
  memcpy(&header, plan, sizeof header);
  header.report_fd = report_fd;
  header.progress = 0;
  header.forked_pid = 0;
  header.error = 0;
  size_t done = 0;
  while (done < size) {
    const bool in_header = done < sizeof header;
    iovec parts[2] = {{reinterpret_cast<char*>(&header) + done, in_header ? sizeof header - done : 0}, {}};
    const size_t from = in_header ? sizeof header : done;
    parts[1] = {const_cast<uint8_t*>(plan) + from, size - from};
    const ssize_t n = in_header ? writev(fd, parts, 2) : writev(fd, parts + 1, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    done += static_cast<size_t>(n);
  }
  // Whoever maps it must not find its end gone.
  return fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0 ? 0 : errno;
}

void CopyEnvironment(Request& request, bool wanted) {
  request.environment_text.clear();
  request.environment.clear();
  if (wanted && environ != nullptr) {
    std::vector<size_t> offsets;
    for (char** entry = environ; *entry != nullptr; entry++) {
      offsets.push_back(request.environment_text.size());
      request.environment_text.insert(request.environment_text.end(), *entry, *entry + strlen(*entry) + 1);
    }
    for (size_t offset : offsets) request.environment.push_back(request.environment_text.data() + offset);
  }
  request.environment.push_back(nullptr);
}

void Prepare(Request& request, int report_fd, int plan_fd, std::vector<int> pass, bool environment) {
  static char name[] = "nskit-stage";
  request.image = &Stage();
  request.report_fd = report_fd;
  request.plan_fd = plan_fd;
  request.pass = std::move(pass);
  CopyEnvironment(request, environment);
  snprintf(request.plan_number, sizeof request.plan_number, "%d", plan_fd);
  request.argv[0] = name;
  request.argv[1] = request.plan_number;
  request.argv[2] = nullptr;
}

// A host that forbids executing a memfd says so in one of these ways (noexec policy, seccomp, gVisor); any
// other errno is a failure of its own and must be seen.
bool ForbidsMemfdExec(long error) {
  return error == -EACCES || error == -EPERM || error == -ENOSYS || error == -ENOEXEC;
}

// Without a memfd the reason for that: EBADF would be about a descriptor of the caller's.
long ExecuteMemfd(const StageImage& image, char* const* argv, char* const* envp) {
  if (image.fd < 0) return -image.refused;
  return RawSyscall(SYS_execveat, image.fd, reinterpret_cast<long>(""), reinterpret_cast<long>(argv),
                    reinterpret_cast<long>(envp), AT_EMPTY_PATH);
}

long Execute(const Request& request) {
  const StageImage& image = *request.image;
  char* const* argv = request.argv;
  char* const* envp = request.environment.data();
  const long refused = ExecuteMemfd(image, argv, envp);
  if ((image.fd >= 0 && !ForbidsMemfdExec(refused)) || image.path[0] == '\0') return refused;
  const long by_path = RawSyscall(SYS_execve, image.path, argv, envp);
  // Without the file, what is in the way of the memfd is what somebody can mend.
  return by_path == -ENOENT ? refused : by_path;
}

// Runs in our memory and with our thread pointer, on the slot's stack, beside the thread that started
// it: raw system calls only, and nothing that has thread-local state (errno, std::call_once, malloc).
// Its descriptor table is its own (no CLONE_FILES), so what it changes there is not seen here.
int RunChild(void* argument) {
  Slot* slot = static_cast<Slot*>(argument);
  const Request& request = slot->request;
  long result = RawSyscall(SYS_fcntl, request.report_fd, F_SETFD, 0);
  if (result == 0) result = RawSyscall(SYS_fcntl, request.plan_fd, F_SETFD, 0);
  for (size_t i = 0; result == 0 && i < request.pass.size(); i++) {
    result = RawSyscall(SYS_fcntl, request.pass[i], F_SETFD, 0);
  }
  if (result == 0) result = Execute(request);
  slot->error.store(static_cast<int32_t>(-result));
  RawSyscall(SYS_exit_group, 127);
  __builtin_unreachable();
}

// The child is born in the plan's cgroup where the kernel can do that (5.7): moving there later has the
// kernel stop every fork and exit of the machine for a grace period of RCU, some milliseconds. Where it
// cannot, or will not, the stage moves itself, and reports the reason where that is refused as well.
OwnedFd OpenCgroup(const Slot& slot) {
  const char* path = slot.request.cgroup;
  return OwnedFd(path == nullptr ? -1 : open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

// On the way into the memfd's header.
bool MarkBornInCgroup(int plan_fd, bool born) {
  uint32_t flags = 0;
  constexpr off_t kOffset = offsetof(PlanHeader, flags);
  if (pread(plan_fd, &flags, sizeof flags, kOffset) != sizeof flags) return false;
  flags = born ? flags | kBornInCgroup : flags & ~kBornInCgroup;
  return pwrite(plan_fd, &flags, sizeof flags, kOffset) == sizeof flags;
}

// 0 where there is no such child, -1 with errno where there may be none: pids.max allows no process more,
// which moving one there would pass over.
pid_t CloneIntoCgroup(Slot* slot, int* pidfd) {
  const OwnedFd cgroup = OpenCgroup(*slot);
  const int plan_fd = slot->request.plan_fd;
  if (!cgroup || !MarkBornInCgroup(plan_fd, true)) return 0;
  // The kernel writes to it as to a plain int.
  auto* tid = reinterpret_cast<int32_t*>(&slot->tid);
  const pid_t pid = CloneInto({cgroup.get(), slot->stack_top, tid, pidfd, RunChild, slot});
  if (pid > 0) return pid;
  MarkBornInCgroup(plan_fd, false);
  errno = -pid;
  return errno == EAGAIN ? -1 : 0;
}

// The child keeps all signals blocked, so none of Node's handlers ever runs in it; the stage
// unblocks them.
int Clone(Slot* slot, pid_t& pid, int& pidfd) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  slot->tid.store(1);
  pid = CloneIntoCgroup(slot, &pidfd);
  if (pid == 0) {
    pid = clone(RunChild, slot->stack_top, CLONE_VM | CLONE_PIDFD | CLONE_CHILD_CLEARTID | SIGCHLD, slot,
                &pidfd, nullptr, &slot->tid);
  }
  const int error = pid < 0 ? errno : 0;
  if (error != 0) slot->tid.store(0);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return error;
}

}  // namespace

Launched Launch(LaunchOrder order) {
  Launched launched;
  launched.shape = order.shape;

  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return Refused(errno);
  launched.report = OwnedFd(ends[0]);
  const OwnedFd child_end(ends[1]);
  const int on = 1;
  if (setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0) return Refused(errno);

  launched.plan = CreatePlanFd();
  if (!launched.plan) return Refused(errno);
  const int unwritten = WritePlan(launched.plan.get(), order.plan, order.size, child_end.get());
  if (unwritten != 0) return Refused(unwritten);

  launched.slot = TakeSlot();
  if (!launched.slot) return Refused(ENOMEM);
  Slot* slot = launched.slot.get();
  Prepare(slot->request, child_end.get(), launched.plan.get(), std::move(order.pass), order.environment);
  const uint32_t cgroup = order.shape.cgroup;
  slot->request.cgroup = cgroup == 0 ? nullptr : reinterpret_cast<const char*>(order.plan) + cgroup;

  // A child's parent-death signal is sent when the *thread* that cloned it ends. A Worker's thread
  // ends before the process does, the main thread and the guardian do not.
  int pidfd = -1;
  int error = 0;
  const auto clone_now = [&] { error = Clone(slot, launched.pid, pidfd); };
  if (syscall(SYS_gettid) == getpid()) {
    clone_now();
  } else {
    const int unavailable = RunOnGuardian(clone_now);
    if (unavailable != 0) return Refused(unavailable);
  }
  if (error != 0) return Refused(error);
  launched.pidfd = OwnedFd(pidfd);
  return launched;
}

}  // namespace nskit
