// Into a pid or time namespace: it holds the next child, not its creator. The child is made a sibling (CLONE_PARENT),
// so that Node reaps it and no process of ours stays in between.

#include <linux/sched.h>

#include "stage.h"

namespace nskit {

void GoOn(void* stage_pointer) {
  Stage& stage = *static_cast<Stage*>(stage_pointer);
  // A new process has no death signal of its own.
  FollowParent(stage);
  SendSelf(stage.report_fd, RecordKind::Hello, stage.current);
  stage.current++;
  Run(stage);
}

long ForkIntoNamespaces(Stage& stage, const PlanStep& step) {
  alignas(16) static char stack[kChildStack];
  // The kernel writes the pid into the plan: Node finds the sibling even if it dies before its Hello.
  // Shared memory saves the copying of page tables; the old process touches nothing of it any more.
  const unsigned long flags = CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD | MemoryFlag(step);
  const long pid = nskit_clone(flags, stack + sizeof stack, reinterpret_cast<int32_t*>(&stage.header->forked_pid),
                               GoOn, &stage);
  if (pid < 0) return pid;
  Leave(0);
}

}  // namespace nskit
