// Offsets become pointers, once, in place: what exec takes then lies ready. Shared by the stage and by the
// tests.
#pragma once

#include "format.h"

namespace nskit {

inline void RelocateList(unsigned char* plan, uint64_t offset) {
  for (auto* slot = reinterpret_cast<uint64_t*>(plan + offset); *slot != 0; slot++) {
    *slot += reinterpret_cast<uint64_t>(plan);
  }
}

// Of a plan that PlanChecker let pass.
inline void Relocate(unsigned char* plan) {
  const auto* header = reinterpret_cast<const PlanHeader*>(plan);
  const auto* steps = reinterpret_cast<const PlanStep*>(plan + sizeof(PlanHeader));
  for (uint32_t i = 0; i < header->step_count; i++) {
    const PlanStep& step = steps[i];
    switch (static_cast<Op>(step.op)) {
      case Op::Exec:
        if (step.flags != kInheritEnvironment) RelocateList(plan, static_cast<uint64_t>(step.number));
        [[fallthrough]];
      case Op::RunMapper:
        RelocateList(plan, step.more);
        [[fallthrough]];
      case Op::Mount:
      case Op::MountAt:
        RelocateList(plan, step.data);
        break;
      default:
        break;
    }
  }
}

}  // namespace nskit
