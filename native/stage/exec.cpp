// The last step: the stage becomes the command.

#include "stage.h"

namespace nskit {
namespace {

// A script without "#!" is the shell's, as for execvp(3).
void ExecuteByShell(char* path, char** argv, char** environment) {
  size_t count = 0;
  while (argv[count] != nullptr) count++;
  // No stack is sure to hold any argv: it is as long as the plan allows.
  const long address = AllocatePages((count + 2) * sizeof(char*));
  if (address < 0) return;
  char** shell_argv = reinterpret_cast<char**>(address);
  char shell[] = "/bin/sh";
  shell_argv[0] = shell;
  shell_argv[1] = path;
  for (size_t i = 1; i < count; i++) shell_argv[i + 1] = argv[i];
  shell_argv[count + 1] = nullptr;
  Syscall(__NR_execve, Arg(shell), Arg(shell_argv), Arg(environment));
}

// What glibc's execvp(3) takes for "not here, perhaps at the next".
bool IsElsewhere(long result) {
  return result == -kErrNoEntry || result == -kErrNotDirectory || result == -kErrAccess || result == -kErrStale ||
         result == -kErrNoDevice || result == -kErrTimedOut;
}

}  // namespace

Outcome ExecuteAny(char** candidates, char** argv, char** environment) {
  Outcome refused = {-kErrNoEntry, 0};
  for (uint32_t i = 0; candidates[i] != nullptr; i++) {
    const long result = Syscall(__NR_execve, Arg(candidates[i]), Arg(argv), Arg(environment));
    if (result == -kErrNoExec) ExecuteByShell(candidates[i], argv, environment);
    if (!IsElsewhere(result)) return {result, i};
    // One that is there but may not be executed says more than its absence elsewhere.
    if (refused.result != -kErrAccess) refused = {result, i};
  }
  return refused;
}

Outcome Execute(Stage& stage, const PlanStep& step) {
  char** environment =
      step.flags == kInheritEnvironment ? stage.environment : ListAt(stage, static_cast<uint64_t>(step.number));
  return ExecuteAny(ListAt(stage, step.more), ListAt(stage, step.data), environment);
}

}  // namespace nskit
