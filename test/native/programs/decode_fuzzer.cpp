// The checker under libFuzzer.

#include "plan_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, size_t size) {
  nskit::test::CheckAndWalk(bytes, size);
  return 0;
}
