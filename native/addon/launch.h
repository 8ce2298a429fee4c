#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <vector>

#include "owned_fd.h"
#include "plan_shape.h"
#include "slot.h"

namespace nskit {

// A started stage, or the errno for which there is none.
struct Launched {
  int error = 0;
  PlanShape shape;
  OwnedFd report;  // our end of the report socket: also the child's lifeline
  OwnedFd plan;    // the memfd; its header tells how far the stage is
  pid_t pid = 0;
  OwnedFd pidfd;
  SlotLease slot;
};

struct LaunchOrder {
  const uint8_t* plan;
  size_t size;
  PlanShape shape;
  std::vector<int> pass;
  bool environment;
};

// Does not wait for the exec: with CLONE_VFORK the event loop would stand still for it, 0.1 ms and more.
Launched Launch(LaunchOrder order);

}  // namespace nskit
