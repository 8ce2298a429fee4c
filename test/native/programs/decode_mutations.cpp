// decode_mutations COUNT [FOLDER]: mutated plans through the checker. FOLDER receives the plans they were
// made of.

#include <stdio.h>
#include <stdlib.h>

#include <string>

#include "mutate.h"
#include "plan_walk.h"
#include "sample_plans.h"

using namespace nskit::test;

namespace {

int WriteSeeds(const std::vector<Bytes>& plans, const std::string& folder) {
  int number = 0;
  for (const Bytes& plan : plans) {
    FILE* file = fopen((folder + "/" + std::to_string(number++)).c_str(), "w");
    if (file == nullptr) return 2;
    const bool whole = fwrite(plan.data(), 1, plan.size(), file) == plan.size();
    if (fclose(file) != 0 || !whole) return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::vector<Bytes> plans = SamplePlans(7);
  for (const Bytes& plan : plans) {
    if (CheckAndWalk(plan.data(), plan.size())) continue;
    fprintf(stderr, "a valid plan was refused\n");
    return 1;
  }
  Mutator mutator(1);
  const long count = strtol(argv[1], nullptr, 10);
  long passed = 0;
  for (long i = 0; i < count; i++) {
    const Bytes plan = mutator.Mutate(plans[static_cast<size_t>(i) % plans.size()]);
    if (CheckAndWalk(plan.data(), plan.size())) passed++;
  }
  printf("%ld plans, %ld of them let pass\n", count, passed);
  // Else the mutations are too tame, or too wild, to say anything.
  if (passed < count / 100 || passed > count / 100 * 90) return 1;
  return argc > 2 ? WriteSeeds(plans, argv[2]) : 0;
}
