// PID 1 of a new pid namespace: starts the command, reaps what is orphaned, forwards signals, and ends with
// the command, whereupon the kernel kills whatever is left in the namespace (pid_namespaces(7)).

#include <linux/sched.h>

#include "stage.h"

namespace nskit {
namespace {

constexpr int kNonBlocking = 04000;   // SFD_NONBLOCK
constexpr int kNoHang = 1;            // WNOHANG
constexpr int kAnyKind = 0x40000000;  // __WALL
constexpr int kSetName = 15;          // PR_SET_NAME

struct SignalInfo {
  uint32_t number;
  int32_t error;
  int32_t code;
  uint8_t rest[116];
};
static_assert(sizeof(SignalInfo) == 128, "struct signalfd_siginfo");

void SetMask(uint64_t mask) {
  Syscall(__NR_rt_sigprocmask, kSetMask, Arg(&mask), 0, kSignalSetSize);
}

[[noreturn]] void GoOn(void* argument) {
  Stage& stage = *static_cast<Stage*>(argument);
  SetMask(0);
  FollowParent(stage);
  const long result = SendSelf(stage.report_fd, RecordKind::Hello, stage.current);
  if (result < 0) Fail(stage, result);
  stage.current++;
  Run(stage);
}

// Until no child is left that has ended. Says whether the command was among them.
bool ReapAll(int command, int* status) {
  bool ended = false;
  for (;;) {
    int one = 0;
    const long pid = Syscall(__NR_wait4, -1, Arg(&one), kNoHang | kAnyKind, 0);
    if (pid == -kErrIntr) continue;
    if (pid <= 0) return ended;
    if (pid == command) {
      *status = one;
      ended = true;
    }
  }
}

// What a process sent; what a terminal sends (code > 0) goes to the whole foreground group, the command
// included.
void Forward(int signals, int command) {
  SignalInfo info;
  while (Syscall(__NR_read, signals, Arg(&info), sizeof info) == sizeof info) {
    if (info.number != SIGCHLD && info.code <= 0) Kill(command, static_cast<int>(info.number));
  }
}

[[noreturn]] void BeInit(int report_fd, bool follows_parent, int command, uint32_t step) {
  Syscall(__NR_prctl, kSetName, Arg("nskit-init"));
  // What the command could borrow. It runs already, and ends with this process.
  const long kept = KeepOnlyKill();
  if (kept < 0) {
    Send(report_fd, RecordKind::Failed, step, static_cast<int32_t>(-kept));
    Leave(1);
  }
  // The command's stdio must end with the command, whatever its init does, and no directory stays in use.
  CloseAllBut(report_fd);
  Syscall(__NR_chdir, Arg("/"));
  Send(report_fd, RecordKind::Running, step);
  uint64_t all = ~uint64_t{0};
  const int signals = static_cast<int>(
      Syscall(__NR_signalfd4, -1, Arg(&all), kSignalSetSize, kNonBlocking | kOpenCloseOnExec));
  PollFd polls[2] = {{signals, kPollIn, 0}, {report_fd, 0, 0}};
  for (;;) {
    int status = 0;
    if (ReapAll(command, &status)) {
      Send(report_fd, RecordKind::Exited, step, 0, 0, status);
      Leave(0);
    }
    Poll(polls, 2, false);
    if ((polls[1].revents & kPollHangUp) != 0) {
      if (follows_parent) Leave(1);
      polls[1].fd = -1;
      polls[1].revents = 0;
    }
    if (polls[0].revents != 0) Forward(signals, command);
  }
}

}  // namespace

long StartInit(Stage& stage, const PlanStep& step) {
  // Locals: the command shares this memory until its exec, and moves the report socket in its own descriptor
  // table.
  const int report_fd = stage.report_fd;
  const bool follows_parent = FollowsParent(stage);
  const uint32_t current = stage.current;
  PlanHeader* const header = stage.header;

  // The init has no filter, no limits, and the caller's keyring: a command that may trace in its user
  // namespace could do through it what is denied to itself, by /proc/1/mem without any call of ptrace(2). Not
  // dumpable, it can be traced only with CAP_SYS_PTRACE where Node lives. Set before there is a command,
  // whose exec makes that one dumpable again.
  const long hidden = SetDumpable(false);
  if (hidden < 0) return hidden;
  SetMask(~uint64_t{0});
  alignas(16) static char stack[16384];
  // VFORK with either kind of memory: this process wakes when the command has been executed, or has failed to
  // be.
  long command;
  if (step.flags == kShareMemory) {
    command = nskit_clone(CLONE_VM | CLONE_VFORK | SIGCHLD, stack + sizeof stack, nullptr, GoOn, &stage);
  } else {
    command = nskit_clone(CLONE_VFORK | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (command == 0) GoOn(&stage);
  }
  if (command < 0) return command;
  // Refused, or killed, before its exec: there is no command.
  if (header->progress != header->step_count) {
    Wait(static_cast<int>(command), nullptr);
    Leave(1);
  }
  // Nobody inside may have a hand on what Node reads.
  Syscall(__NR_munmap, Arg(header), header->size);
  BeInit(report_fd, follows_parent, static_cast<int>(command), current);
}

}  // namespace nskit
