// New file systems at destinations, and what hides a path.

#include <linux/mount.h>

#include "mounts.h"
#include "stage.h"

namespace nskit {
namespace {

// mount(2) takes a path: "." is the directory that was found, whatever its name leads to by now.
long MountOn(const Stage& stage, int directory, const char* source, const char* type, long flags,
             const char* options) {
  long result = Syscall(__NR_fchdir, directory);
  if (result >= 0) {
    result = Syscall(__NR_mount, Arg(source), Arg("."), Arg(type), flags, options[0] == 0 ? 0 : Arg(options));
  }
  // The init must not be found in there. A pivot takes care of that itself.
  if (stage.root_fd < 0) Syscall(__NR_chdir, Arg("/"));
  return result;
}

long Hide(const Stage& stage, int destination) {
  Facts facts = {};
  long result = GetFacts(destination, &facts);
  if (result < 0) return result;
  if (facts.directory) {
    constexpr long kFlags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
    return MountOn(stage, destination, "tmpfs", "tmpfs", kFlags, "mode=755");
  }
  result = CloneTree(kAtFdCwd, "/dev/null", 0);
  if (result < 0) return result;
  const int null = static_cast<int>(result);
  result = MoveMount(null, destination);
  Close(null);
  return result;
}

}  // namespace

long MountAt(Stage& stage, const PlanStep& step) {
  char** list = ListAt(stage, step.data);
  const char* target = list[1];
  const long destination =
      step.flags == kMayCreate ? MakeDestination(stage, target, true) : OpenDestination(stage, target);
  if (destination < 0) return destination;
  const long result = MountOn(stage, static_cast<int>(destination), list[0], list[2], step.number, list[3]);
  Close(static_cast<int>(destination));
  return result;
}

long MaskPath(Stage& stage, const PlanStep& step) {
  const long destination = OpenDestination(stage, At(stage, step.data));
  if (destination == -kErrNoEntry || destination == -kErrNotDirectory) return 0;
  if (destination < 0) return destination;
  const long result = Hide(stage, static_cast<int>(destination));
  Close(static_cast<int>(destination));
  return result;
}

}  // namespace nskit
