// The process that stays as PID 1 of a pid namespace: it reaps orphans, passes signals on and says how the command
// ended. When it leaves the kernel kills whatever is left of the namespace.

#include <linux/sched.h>

#include "stage.h"

namespace nskit {
namespace {

constexpr int kSetName = 15;  // PR_SET_NAME
constexpr int kNoHang = 1;    // WNOHANG
constexpr int kFaultSignals[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS};

// signalfd_siginfo, of which only the start matters.
struct SignalInfo {
  uint32_t signal;
  int32_t error;
  int32_t code;
  char rest[116];
};
static_assert(sizeof(SignalInfo) == 128, "as the kernel's");

struct Init {
  int report_fd;
  int command;
  bool follows_parent;
};

void RunCommandSide(void* stage) {
  SetSignalMask(0);
  GoOn(stage);
}

bool IsFault(uint32_t signal) {
  for (const int fault : kFaultSignals) {
    if (signal == static_cast<uint32_t>(fault)) return true;
  }
  return false;
}

// Leaves as soon as the command itself is reaped.
void Reap(const Init& init) {
  for (;;) {
    int status = 0;
    const long pid = Syscall(__NR_wait4, -1, Arg(&status), kNoHang, 0);
    if (pid == -kErrIntr) continue;
    if (pid <= 0) return;
    if (pid != init.command) continue;
    Send(init.report_fd, RecordKind::Exited, 0, 0, 0, status);
    Leave(0);
  }
}

// What a process sent (a code of 0 or less). What the kernel sends, a terminal's SIGINT for one, goes to the whole
// process group anyway: the command would get it twice.
void PassOn(const Init& init, int signal_fd) {
  SignalInfo info;
  while (Syscall(__NR_read, signal_fd, Arg(&info), sizeof info) == static_cast<long>(sizeof info)) {
    if (info.signal == SIGCHLD || info.code > 0 || IsFault(info.signal)) continue;
    Kill(init.command, static_cast<int>(info.signal));
  }
}

[[noreturn]] void Serve(const Init& init) {
  uint64_t all = kAllSignals;
  const long signal_fd =
      Syscall(__NR_signalfd4, -1, Arg(&all), kSignalSetSize, kOpenCloseOnExec | kOpenNonBlocking);
  // Without it nothing could be reaped: better no namespace than one that nobody minds.
  if (signal_fd < 0) Leave(1);
  PollFd polls[2] = {{static_cast<int>(signal_fd), kPollIn, 0}, {init.report_fd, 0, 0}};
  for (;;) {
    Reap(init);
    Poll(polls, 2, false);
    if ((polls[1].revents & kPollGone) != 0) {
      if (init.follows_parent) Leave(1);
      polls[1] = {-1, 0, 0};  // else it would be ready for ever
    }
    PassOn(init, static_cast<int>(signal_fd));
  }
}

// The command side is over or has become the command: CLONE_VFORK has held us back until then.
void ExpectCommand(const Init& init, uint32_t progress, uint32_t step_count) {
  if (progress == step_count) return;
  int status = 0;
  Wait(init.command, &status);
  // It has told of a refused step itself; killed in the midst of its steps it could not.
  if ((progress & kFailedBit) == 0) Send(init.report_fd, RecordKind::Exited, 0, 0, 0, status);
  Leave(1);
}

}  // namespace

long StartInit(Stage& stage, const PlanStep& step) {
  alignas(16) static char stack[kChildStack];
  // Locals: the command side may share `stage`, and moves its report socket.
  Init init = {stage.report_fd, 0, FollowsParent(stage)};
  const PlanHeader* header = stage.header;
  // From before the command exists: what reaches the init meanwhile is passed on, not lost.
  SetSignalMask(kAllSignals);
  const long pid = nskit_clone(CLONE_VFORK | SIGCHLD | MemoryFlag(step), stack + sizeof stack, nullptr,
                               RunCommandSide, &stage);
  if (pid < 0) return pid;
  init.command = static_cast<int>(pid);
  Syscall(__NR_prctl, kSetName, Arg("nskit-init"));
  ExpectCommand(init, const_cast<const volatile PlanHeader*>(header)->progress, header->step_count);
  // None of the command's pipes may stay open here, nor a directory in use.
  CloseAllBut(init.report_fd, init.report_fd);
  Syscall(__NR_chdir, Arg("/"));
  Send(init.report_fd, RecordKind::Running, 0);
  Serve(init);
}

}  // namespace nskit
