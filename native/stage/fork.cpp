// Into the pid and time namespaces that hold the next child: that child is made a sibling, so that Node is
// its parent and reaps it, and no process stays in between.

#include <linux/sched.h>

#include "stage.h"

namespace nskit {
namespace {

[[noreturn]] void GoOn(void* argument) {
  Stage& stage = *static_cast<Stage*>(argument);
  // A new process has no death signal yet (prctl(2)).
  FollowParent(stage);
  const long result = SendSelf(stage.report_fd, RecordKind::Hello, stage.current);
  if (result < 0) Fail(stage, result);
  stage.current++;
  Run(stage);
}

}  // namespace

long ForkIntoNamespaces(Stage& stage, const PlanStep& step) {
  constexpr unsigned long kFlags = CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD;
  auto* forked = reinterpret_cast<int32_t*>(&stage.header->forked_pid);
  if (step.flags != kShareMemory) {
    const long result = nskit_clone(kFlags, nullptr, forked, nullptr, nullptr);
    if (result == 0) GoOn(&stage);
    if (result < 0) return result;
    Leave(0);
  }
  // Sharing saves the copy of the page tables. This process touches nothing of it any more.
  alignas(16) static char stack[16384];
  const long result = nskit_clone(kFlags | CLONE_VM, stack + sizeof stack, forked, GoOn, &stage);
  if (result < 0) return result;
  Leave(0);
}

}  // namespace nskit
