#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <optional>

#include "../plan/format.h"

namespace nskit {

// What the addon must know of a plan to follow its processes.
struct PlanShape {
  uint32_t step_count = 0;
  bool forks = false;     // goes on in a sibling of the stage, which is our child too
  bool has_init = false;  // goes on in a child of the init, which is not our child
  bool executes = false;  // ends in a command
};

// Nothing for bytes that are no plan.
inline std::optional<PlanShape> ReadShape(const uint8_t* plan, size_t size) {
  PlanHeader header;
  if (size < sizeof header || size > kMaxPlanSize) return std::nullopt;
  memcpy(&header, plan, sizeof header);
  if (header.magic != kPlanMagic || header.version != kPlanVersion || header.size != size ||
      header.step_count == 0 || header.step_count > kMaxSteps ||
      sizeof header + header.step_count * sizeof(PlanStep) > size || plan[size - 1] != 0) {
    return std::nullopt;
  }
  PlanShape shape;
  shape.step_count = header.step_count;
  for (uint32_t i = 0; i < header.step_count; i++) {
    uint32_t op;
    memcpy(&op, plan + sizeof header + i * sizeof(PlanStep) + offsetof(PlanStep, op), sizeof op);
    if (op == static_cast<uint32_t>(Op::Fork)) shape.forks = true;
    if (op == static_cast<uint32_t>(Op::StartInit)) shape.has_init = true;
    shape.executes = op == static_cast<uint32_t>(Op::Exec);
  }
  return shape;
}

}  // namespace nskit
