// Into the pid and time namespaces that hold the next child: that child is made a sibling, so that Node is
// its parent and reaps it, and no process stays in between.

#include <linux/sched.h>

#include "stage.h"

namespace nskit {
namespace {

constexpr int kUnix = 1;           // AF_UNIX
constexpr int kStream = 1;         // SOCK_STREAM
constexpr int kNoSignal = 0x4000;  // MSG_NOSIGNAL

struct Sibling {
  Stage* stage;
  int ends[2];  // the stage's, its own; -1 where it need not follow Node
};

void Tell(int fd) {
  const char word = 0;
  Syscall(__NR_sendto, fd, Arg(&word), 1, kNoSignal, 0, 0);
}

bool Hear(int fd) {
  char word;
  for (;;) {
    const long got = Syscall(__NR_read, fd, Arg(&word), 1);
    if (got != -kErrIntr) return got == 1;
  }
}

// A Node that is being killed loses its children thread by thread, and closes its end of the report socket
// with its last one: who sets its death signal in between would have neither that signal nor the hangup. The
// stage set its own long before, so it is killed in the moment in which they lose their parent: its answer
// says that this is to come.
void MakeSureOfParent(const Sibling& sibling) {
  if (sibling.ends[1] < 0) return;
  Close(sibling.ends[0]);
  Tell(sibling.ends[1]);
  if (!Hear(sibling.ends[1])) Leave(1);
  Close(sibling.ends[1]);
}

[[noreturn]] void GoOn(void* argument) {
  const Sibling sibling = *static_cast<Sibling*>(argument);
  Stage& stage = *sibling.stage;
  // A new process has no death signal yet (prctl(2)).
  FollowParent(stage);
  MakeSureOfParent(sibling);
  const long result = SendSelf(stage.report_fd, RecordKind::Hello, stage.current);
  if (result < 0) Fail(stage, result);
  stage.current++;
  Run(stage);
}

[[noreturn]] void AnswerAndLeave(const Sibling& sibling) {
  if (sibling.ends[0] >= 0) {
    Close(sibling.ends[1]);
    if (Hear(sibling.ends[0])) Tell(sibling.ends[0]);
  }
  Leave(0);
}

}  // namespace

long ForkIntoNamespaces(Stage& stage, const PlanStep& step) {
  constexpr unsigned long kFlags = CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD;
  auto* forked = reinterpret_cast<int32_t*>(&stage.header->forked_pid);
  Sibling sibling = {&stage, {-1, -1}};
  if (FollowsParent(stage)) {
    const long made = Syscall(__NR_socketpair, kUnix, kStream | kOpenCloseOnExec, 0, Arg(sibling.ends));
    if (made < 0) return made;
  }
  if (step.flags != kShareMemory) {
    const long result = nskit_clone(kFlags, nullptr, forked, nullptr, nullptr);
    if (result == 0) GoOn(&sibling);
    if (result < 0) return result;
    AnswerAndLeave(sibling);
  }
  // Sharing saves the copy of the page tables. This process touches nothing of it any more but its own stack.
  alignas(16) static char stack[16384];
  const long result = nskit_clone(kFlags | CLONE_VM, stack + sizeof stack, forked, GoOn, &sibling);
  if (result < 0) return result;
  AnswerAndLeave(sibling);
}

}  // namespace nskit
