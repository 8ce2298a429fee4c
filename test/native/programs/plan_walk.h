// What the checker lets pass is used as the stage uses it: every write of the stage, then a walk through all
// that it reads. Built with AddressSanitizer, which sees the first byte that is not the plan's.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memory>

#include "../../../native/plan/decode.h"
#include "../../../native/plan/relocate.h"

namespace nskit::test {

class PlanWalk {
 public:
  PlanWalk(unsigned char* plan, size_t size) : plan_(plan), size_(size) {}

  void Run() {
    const auto* header = reinterpret_cast<const PlanHeader*>(plan_);
    const auto* steps = reinterpret_cast<const PlanStep*>(plan_ + sizeof *header);
    const size_t steps_size = header->step_count * sizeof *steps;
    const auto before = std::make_unique<unsigned char[]>(steps_size);
    memcpy(before.get(), steps, steps_size);
    Relocate(plan_);
    for (uint32_t i = 0; i < header->step_count; i++) Write(steps[i]);
    Require(memcmp(before.get(), steps, steps_size) == 0, "the steps were written to");
    for (uint32_t i = 0; i < header->step_count; i++) Read(steps[i]);
  }

 private:
  static void Require(bool condition, const char* what) {
    if (condition) return;
    fprintf(stderr, "a plan that was let pass: %s\n", what);
    abort();
  }

  char* At(uint64_t offset) { return reinterpret_cast<char*>(plan_ + offset); }

  void Write(const PlanStep& step) {
    if (static_cast<Op>(step.op) == Op::RunMapper) {
      char* pid = reinterpret_cast<char**>(At(step.more))[1];
      Require(Within(pid) && Within(pid + 10), "argv[1] of a mapper is outside");
      memcpy(pid, "4294967295", 11);
    }
    if (static_cast<Op>(step.op) == Op::Descriptors) {
      for (int64_t i = 0; i < step.number; i++) reinterpret_cast<int32_t*>(At(step.data))[2 * i + 1] = 1000;
    }
  }

  void Read(const PlanStep& step) {
    switch (static_cast<Op>(step.op)) {
      case Op::Exec:
        if (step.flags != kInheritEnvironment) List(static_cast<uint64_t>(step.number));
        [[fallthrough]];
      case Op::RunMapper:
        List(step.more);
        [[fallthrough]];
      case Op::Mount:
      case Op::MountAt:
        List(step.data);
        break;
      case Op::NewRoot:
      case Op::OpenTree:
      case Op::AttachTree:
      case Op::SetAttributes:
      case Op::MaskPath:
      case Op::MakeDirectory:
        String(At(step.data));
        break;
      case Op::MakeSymlink:
        String(At(step.data));
        String(At(step.more));
        break;
      case Op::WriteFile:
        String(At(step.data));
        Touch(step.more, step.more_size);
        break;
      case Op::MakeUserNamespace:
        Touch(step.data, step.data_size);
        Touch(step.more, step.more_size);
        break;
      case Op::WriteProcFile:
        String(At(step.data));
        Touch(step.more, step.more_size);
        break;
      case Op::SetHostname:
      case Op::SetDomainname:
        Touch(step.data, step.data_size);
        break;
      case Op::ChangeDirectory:
        String(At(step.data));
        break;
      case Op::SetGroups:
      case Op::Descriptors:
        if (step.number > 0) Touch(step.data, step.data_size);
        break;
      default:
        break;
    }
  }

  bool Within(const char* text) const { return text >= At(0) && text < At(0) + size_; }
  const char* At(uint64_t offset) const { return reinterpret_cast<const char*>(plan_ + offset); }

  void String(const char* text) {
    Require(Within(text), "a string is outside");
    sum_ += strlen(text);
  }

  void List(uint64_t offset) {
    for (char** slot = reinterpret_cast<char**>(At(offset)); *slot != nullptr; slot++) String(*slot);
  }

  void Touch(uint64_t offset, uint64_t size) {
    for (uint64_t i = 0; i < size; i++) sum_ += plan_[offset + i];
  }

  unsigned char* plan_;
  size_t size_;
  volatile uint64_t sum_ = 0;
};

// On memory of exactly its size. Says whether it was let pass.
inline bool CheckAndWalk(const unsigned char* bytes, size_t size) {
  const std::unique_ptr<unsigned char[]> plan(new unsigned char[size]);
  if (size > 0) memcpy(plan.get(), bytes, size);
  if (!PlanChecker(plan.get(), size).Check()) return false;
  PlanWalk(plan.get(), size).Run();
  return true;
}

}  // namespace nskit::test
