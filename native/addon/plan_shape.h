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
  uint32_t cgroup = 0;    // offset of the directory of the cgroup to begin in, 0 for none
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
    PlanStep step;
    memcpy(&step, plan + sizeof header + i * sizeof step, sizeof step);
    const uint32_t op = step.op;
    // Every offset inside is a string: the last byte is 0.
    if (op == static_cast<uint32_t>(Op::EnterCgroup) && step.data < size) shape.cgroup = step.data;
    if (op == static_cast<uint32_t>(Op::Fork)) shape.forks = true;
    if (op == static_cast<uint32_t>(Op::StartInit)) shape.has_init = true;
    shape.executes = op == static_cast<uint32_t>(Op::Exec);
  }
  return shape;
}

}  // namespace nskit
