// The last step: execve(2) of the first candidate that can be executed, as execvp(3) tries them.

#include "stage.h"

namespace nskit {
namespace {

constexpr int kErrNoEntry = 2;
constexpr int kErrNotExecutable = 8;
constexpr int kErrNoMemory = 12;
constexpr int kErrAccess = 13;
constexpr int kErrNoDevice = 19;
constexpr int kErrNotDirectory = 20;
constexpr int kErrTimedOut = 110;
constexpr int kErrStale = 116;

constexpr int kPrivateAnonymous = 0x22;

long Exec(const char* path, char** argv, char** environment) {
  return Syscall(__NR_execve, Arg(path), Arg(argv), Arg(environment));
}

// A text file without #!: the shell runs it, as execvp(3) has it.
long ExecByShell(const char* path, char** argv, char** environment) {
  static const char shell[] = "/bin/sh";
  size_t count = 0;
  while (argv[count] != nullptr) count++;
  const long memory = Syscall(__NR_mmap, 0, static_cast<long>((count + 3) * sizeof(char*)), kProtReadWrite,
                              kPrivateAnonymous, -1, 0);
  if (memory < 0 && memory > -4096) return -kErrNoMemory;
  char** with_shell = reinterpret_cast<char**>(memory);
  with_shell[0] = argv[0] == nullptr ? const_cast<char*>(shell) : argv[0];
  with_shell[1] = const_cast<char*>(path);
  for (size_t i = 1; i < count; i++) with_shell[i + 1] = argv[i];
  return Exec(shell, with_shell, environment);
}

bool GoesOn(long error) {
  switch (-error) {
    case kErrAccess:
    case kErrNoEntry:
    case kErrNotDirectory:
    case kErrStale:
    case kErrNoDevice:
    case kErrTimedOut:
      return true;
    default:
      return false;
  }
}

}  // namespace

long ExecuteAny(char** candidates, char** argv, char** environment) {
  long last = -kErrNoEntry;
  bool denied = false;
  for (; *candidates != nullptr; candidates++) {
    last = Exec(*candidates, argv, environment);
    if (last == -kErrNotExecutable) last = ExecByShell(*candidates, argv, environment);
    if (last == -kErrAccess) denied = true;
    if (!GoesOn(last)) return last;
  }
  // Something of that name was there: that is the news, not that the rest of PATH lacks it.
  return denied ? -kErrAccess : last;
}

long Execute(Stage& stage, const PlanStep& step) {
  char** environment = step.flags == kInheritEnvironment ? stage.environment
                                                         : ListAt(stage, static_cast<uint64_t>(step.number));
  return ExecuteAny(ListAt(stage, step.more), ListAt(stage, step.data), environment);
}

}  // namespace nskit
