// Spoils bytes, the same way in every run.
#pragma once

#include <stdint.h>
#include <string.h>

#include "plan_builder.h"

namespace nskit::test {

// xorshift64*
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1du;
  }

  uint64_t Below(uint64_t end) { return (Next() >> 16) % end; }

 private:
  uint64_t state_;
};

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  Bytes Mutate(const Bytes& valid) {
    Bytes plan = valid;
    for (uint64_t left = 1 + random_.Below(3); left > 0; left--) One(plan);
    return plan;
  }

 private:
  void One(Bytes& plan) {
    switch (random_.Below(8)) {
      case 0:
        plan[random_.Below(plan.size())] ^= static_cast<unsigned char>(1u << random_.Below(8));
        return;
      case 1:
        plan[random_.Below(plan.size())] = static_cast<unsigned char>(random_.Next() >> 32);
        return;
      case 2:
        Put<uint64_t>(plan, random_.Below(plan.size() / 8) * 8, Telling(plan));
        return;
      case 3:
        Resize(plan);
        return;
      case 4:
        SwapSteps(plan);
        return;
      default:
        Put<uint32_t>(plan, random_.Below(plan.size() / 4) * 4, static_cast<uint32_t>(Telling(plan)));
        return;
    }
  }

  // Bounds, what lies beside them, and what the plan says elsewhere: another block's offset, another step's
  // op.
  uint64_t Telling(const Bytes& plan) {
    constexpr uint64_t kEdges[] = {0,  1,  4,          7,          8,          11,         24,          31,
                                   32, 33, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, ~uint64_t{0}};
    switch (random_.Below(5)) {
      case 0:
        return kEdges[random_.Below(sizeof kEdges / sizeof kEdges[0])];
      case 1:
        return plan.size() - 12 + random_.Below(16);
      case 2:
        return random_.Below(plan.size() / 8 + 2) * 8;
      default: {
        uint32_t word;
        memcpy(&word, &plan[random_.Below(plan.size() / 4) * 4], sizeof word);
        return word + 8 * random_.Below(3);
      }
    }
  }

  // Mostly with the header's agreement: else the first look would reject it.
  void Resize(Bytes& plan) {
    const uint64_t size = random_.Below(2) == 0 ? plan.size() - random_.Below(plan.size() / 2)
                                                : plan.size() + random_.Below(64);
    plan.resize(size);
    if (random_.Below(4) != 0) Put<uint32_t>(plan, 8, static_cast<uint32_t>(size));
  }

  void SwapSteps(Bytes& plan) {
    const size_t count = (plan.size() - sizeof(PlanHeader)) / sizeof(PlanStep);
    if (count < 2) return;
    unsigned char* steps = plan.data() + sizeof(PlanHeader);
    PlanStep kept;
    unsigned char* a = steps + random_.Below(count) * sizeof kept;
    unsigned char* b = steps + random_.Below(count) * sizeof kept;
    memcpy(&kept, a, sizeof kept);
    memmove(a, b, sizeof kept);
    if (random_.Below(2) == 0) memcpy(b, &kept, sizeof kept);
  }

  template <typename T>
  static void Put(Bytes& plan, size_t offset, uint64_t value) {
    const T number = static_cast<T>(value);
    if (offset + sizeof number <= plan.size()) memcpy(&plan[offset], &number, sizeof number);
  }

  Random random_;
};

}  // namespace nskit::test
