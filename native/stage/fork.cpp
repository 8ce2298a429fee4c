// Into the pid and time namespaces that hold the next child: that child is made a sibling, so that Node is
// its parent and reaps it, and no process stays in between.

#include <linux/sched.h>

#include "stage.h"

namespace nskit {
namespace {

constexpr int kStream = 1;  // SOCK_STREAM

struct Sibling {
  Stage* stage;
  int ends[2];  // the stage's, its own; -1 where the sibling needs no witness
};

void Say(int fd) {
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

[[noreturn]] void GoOn(void* argument) {
  const Sibling sibling = *static_cast<Sibling*>(argument);
  Stage& stage = *sibling.stage;
  if (sibling.ends[0] >= 0) Close(sibling.ends[0]);
  stage.witness_fd = sibling.ends[1];
  // A new process has no death signal yet (prctl(2)).
  FollowParent(stage);
  // Node knows its pid from the plan's header, and is its parent: nothing has to be said.
  stage.current++;
  Run(stage);
}

// Until the sibling has been executed or has ended, which closes its end.
[[noreturn]] void Witness(const Sibling& sibling, int report_fd) {
  if (sibling.ends[0] >= 0) {
    Close(sibling.ends[1]);
    Close(report_fd);
    while (Hear(sibling.ends[0])) Say(sibling.ends[0]);
  }
  Leave(0);
}

// An init sees the report socket's hangup at any time, and needs no witness.
bool NeedsWitness(const Stage& stage) {
  if (!FollowsParent(stage)) return false;
  for (uint32_t i = stage.current; i < stage.header->step_count; i++) {
    if (static_cast<Op>(stage.steps[i].op) == Op::StartInit) return false;
  }
  return true;
}

}  // namespace

void AskWitness(Stage& stage) {
  if (stage.witness_fd < 0) return;
  Say(stage.witness_fd);
  stage.unanswered++;
}

void AwaitWitness(Stage& stage) {
  for (; stage.unanswered > 0; stage.unanswered--) {
    if (!Hear(stage.witness_fd)) Leave(1);
  }
}

long ForkIntoNamespaces(Stage& stage, const PlanStep& step) {
  constexpr unsigned long kFlags = CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD;
  auto* forked = reinterpret_cast<int32_t*>(&stage.header->forked_pid);
  const int report_fd = stage.report_fd;
  Sibling sibling = {&stage, {-1, -1}};
  if (NeedsWitness(stage)) {
    const long made = Syscall(__NR_socketpair, kUnix, kStream | kOpenCloseOnExec, 0, Arg(sibling.ends));
    if (made < 0) return made;
  }
  long result;
  if (step.flags == kShareMemory) {
    // Sharing saves the copy of the page tables. This process touches nothing of it any more but its stack.
    alignas(16) static char stack[16384];
    result = nskit_clone(kFlags | CLONE_VM, stack + sizeof stack, forked, GoOn, &sibling);
  } else {
    result = nskit_clone(kFlags, nullptr, forked, nullptr, nullptr);
    if (result == 0) GoOn(&sibling);
  }
  if (result < 0) return result;
  Witness(sibling, report_fd);
}

}  // namespace nskit
