// Plans that the stage must refuse, each for one reason.
#pragma once

#include <functional>

#include "sample_plans.h"

namespace nskit::test {

struct MalformedPlan {
  const char* name;
  Bytes plan;
};

inline PlanHeader& HeaderOf(Bytes& plan) {
  return *reinterpret_cast<PlanHeader*>(plan.data());
}
inline PlanStep& StepOf(Bytes& plan, size_t index) {
  return reinterpret_cast<PlanStep*>(plan.data() + sizeof(PlanHeader))[index];
}
inline uint64_t& SlotAt(Bytes& plan, size_t offset) {
  return *reinterpret_cast<uint64_t*>(plan.data() + offset);
}

inline std::vector<MalformedPlan> MalformedPlans(int report_fd) {
  std::vector<MalformedPlan> plans;
  auto spoil = [&](const char* name, Bytes plan, const std::function<void(Bytes&)>& how) {
    how(plan);
    plans.push_back({name, std::move(plan)});
  };
  const Bytes harmless = HarmlessPlan(report_fd);
  const Bytes command = CommandPlan(report_fd, {"/bin/false", "x", "y"});
  spoil("empty", {}, [](Bytes&) {});
  spoil("shorter than a header", harmless, [](Bytes& p) { p.resize(31); });
  spoil("a header alone", harmless, [](Bytes& p) { p.resize(32), HeaderOf(p).size = 32; });
  spoil("another magic", harmless, [](Bytes& p) { HeaderOf(p).magic++; });
  spoil("another version", harmless, [](Bytes& p) { HeaderOf(p).version++; });
  spoil("larger than it says", harmless, [](Bytes& p) { p.push_back(0); });
  spoil("smaller than it says", harmless, [](Bytes& p) { HeaderOf(p).size++; });
  spoil("no steps", harmless, [](Bytes& p) { HeaderOf(p).step_count = 0; });
  spoil("more steps than it holds", harmless, [](Bytes& p) { HeaderOf(p).step_count = 200; });
  spoil("more steps than there may be", harmless, [](Bytes& p) {
    p.resize(sizeof(PlanHeader) + 300 * sizeof(PlanStep));
    HeaderOf(p).size = static_cast<uint32_t>(p.size());
    HeaderOf(p).step_count = kMaxSteps + 1;
  });
  spoil("an unknown header flag", harmless, [](Bytes& p) { HeaderOf(p).flags = 1u << 31; });
  spoil("no report socket", harmless, [](Bytes& p) { HeaderOf(p).report_fd = -1; });
  spoil("no NUL at its end", harmless, [](Bytes& p) { p.back() = 'x'; });
  spoil("an op of 0", harmless, [](Bytes& p) { StepOf(p, 0).op = 0; });
  spoil("an unknown op", harmless, [](Bytes& p) { StepOf(p, 0).op = 1000; });
  spoil("an unknown step flag", harmless, [](Bytes& p) { StepOf(p, 0).flags = 1; });
  spoil("a last step that goes on", harmless, [](Bytes& p) { StepOf(p, 2) = StepOf(p, 0); });
  spoil("a string outside", harmless, [](Bytes& p) { StepOf(p, 0).data = HeaderOf(p).size; });
  spoil("a string in the steps", harmless, [](Bytes& p) { StepOf(p, 0).data = 32; });
  spoil("descriptors outside", harmless, [](Bytes& p) { StepOf(p, 1).data = HeaderOf(p).size & ~3u; });
  spoil("fewer descriptors than it says", harmless, [](Bytes& p) { StepOf(p, 1).number++; });
  spoil("a negative count", harmless, [](Bytes& p) { StepOf(p, 1).number = -1; });
  spoil("a list outside", command, [](Bytes& p) { StepOf(p, 2).data = (HeaderOf(p).size + 7) & ~7u; });
  spoil("a list in the steps", command, [](Bytes& p) { StepOf(p, 2).data = 64; });
  spoil("an unaligned list", command, [](Bytes& p) { StepOf(p, 2).data += 4; });
  spoil("a list without its end", command,
        [](Bytes& p) { SlotAt(p, StepOf(p, 2).data + 8ul * StepOf(p, 2).data_size) = 200; });
  spoil("a list that ends early", command, [](Bytes& p) { SlotAt(p, StepOf(p, 2).data) = 0; });
  spoil("a list of a string outside", command,
        [](Bytes& p) { SlotAt(p, StepOf(p, 2).data) = HeaderOf(p).size; });
  spoil("an environment outside", command, [](Bytes& p) { StepOf(p, 2).number = int64_t{1} << 40; });
  spoil("no arguments", command, [](Bytes& p) { StepOf(p, 2).data_size = 0; });
  spoil("one list for two", command, [](Bytes& p) {
    StepOf(p, 2).more = StepOf(p, 2).data;
    StepOf(p, 2).more_size = StepOf(p, 2).data_size;
  });
  // Relocated twice, its last string would be far outside.
  spoil("a list within another", command, [](Bytes& p) {
    StepOf(p, 2).more = StepOf(p, 2).data + 8;
    StepOf(p, 2).more_size = StepOf(p, 2).data_size - 1;
  });
  const Bytes view = ViewPlan(report_fd);
  spoil("a slot beyond the last", view, [](Bytes& p) { StepOf(p, 1).more_size = kMaxTrees; });
  spoil("a slot that is taken", view, [](Bytes& p) { StepOf(p, 2).more_size = 0; });
  spoil("a slot without a tree", view, [](Bytes& p) { StepOf(p, 5).number = 1; });
  spoil("a tree that is attached twice", view, [](Bytes& p) { StepOf(p, 6).number = 0; });
  spoil("fewer words than a mount has", view, [](Bytes& p) { StepOf(p, 4).data_size = 3; });
  spoil("a root of no kind", view, [](Bytes& p) { StepOf(p, 3).flags = 0; });
  spoil("a file's content outside", view, [](Bytes& p) { StepOf(p, 8).more_size = HeaderOf(p).size; });
  return plans;
}

}  // namespace nskit::test
