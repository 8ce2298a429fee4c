#pragma once

#include <stdint.h>

#include <atomic>
#include <memory>
#include <vector>

#include "image.h"

namespace nskit {

// What a child reads between its clone and its exec, in memory that it shares with us. It must not
// change before the kernel says that the child has left that memory.
struct Request {
  const StageImage* image = nullptr;
  int report_fd = -1;
  int plan_fd = -1;
  const char* cgroup = nullptr;  // where to begin; read before the clone
  std::vector<int> pass;
  // Copies: musl's setenv frees the string it replaces, and JavaScript runs on meanwhile.
  std::vector<char> environment_text;
  std::vector<char*> environment;
  char plan_number[12] = "";
  char* argv[3] = {};
};

// The memory that one child lives in until its exec: a stack and its request. Slots are used again.
struct Slot {
  // Not 0 while a child is in this memory. The kernel clears it (CLONE_CHILD_CLEARTID) when the child
  // executes or ends.
  std::atomic<int32_t> tid{0};
  std::atomic<int32_t> error{0};  // errno of a failed exec, written by the child
  char* stack_top = nullptr;
  bool taken = false;
  Request request;
};

// Gives the slot back when the launch is over.
struct ReturnSlot {
  void operator()(Slot* slot) const;
};
using SlotLease = std::unique_ptr<Slot, ReturnSlot>;

// Empty with errno set when there is no memory for a stack.
SlotLease TakeSlot();

}  // namespace nskit
