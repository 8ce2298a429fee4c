// The stage as an ordinary program, for the sanitizers, which need a C library: its own entry, with the stack
// that the kernel would have made.

#include <stdint.h>
#include <string.h>

#include <vector>

extern "C" [[noreturn]] void nskit_main(long* stack);

int main(int argc, char** argv, char** environment) {
  std::vector<long> stack = {argc};
  for (char** word = argv; *word != nullptr; word++) stack.push_back(reinterpret_cast<intptr_t>(*word));
  stack.push_back(0);
  for (char** word = environment; *word != nullptr; word++)
    stack.push_back(reinterpret_cast<intptr_t>(*word));
  stack.push_back(0);
  nskit_main(stack.data());
}
