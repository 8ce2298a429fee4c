#pragma once

#include <stdint.h>
#include <sys/types.h>

namespace nskit {

struct CloneOrder {
  int cgroup;  // its directory
  char* stack_top;
  int32_t* tid;  // cleared by the kernel when the child has left this memory
  int* pidfd;
  int (*run)(void*);  // must not return
  void* argument;
};

// As clone(2) with CLONE_VM, but the child is in the cgroup from its first instruction on: CLONE_INTO_CGROUP,
// Linux 5.7. Its pid, or a negative errno; there is no child then.
pid_t CloneInto(const CloneOrder& order);

}  // namespace nskit
