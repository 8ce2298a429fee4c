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

// /dev/null, if it is that: a mount of the list can lie over /dev.
long OpenNothing(Stage& stage) {
  constexpr uint64_t kNull = 1 | uint64_t{3} << 32;  // major and minor
  const long null = CloneTree(kAtFdCwd, "/dev/null", 0);
  Facts facts = {};
  if (null >= 0 && GetFacts(static_cast<int>(null), &facts) >= 0 && facts.special_device == kNull)
    return null;
  if (null >= 0) Close(static_cast<int>(null));
  return MakeEmptyFile(stage);
}

long Hide(Stage& stage, int destination) {
  Facts facts = {};
  long result = GetFacts(destination, &facts);
  if (result < 0) return result;
  if (facts.directory) {
    constexpr long kFlags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
    return MountOn(stage, destination, "tmpfs", "tmpfs", kFlags, "mode=755");
  }
  result = OpenNothing(stage);
  if (result < 0) return result;
  const int nothing = static_cast<int>(result);
  result = MoveMount(nothing, destination);
  Close(nothing);
  return result;
}

bool IsTmpfs(const char* type) {
  constexpr char kName[] = "tmpfs";
  for (size_t i = 0; i < sizeof kName; i++) {
    if (type[i] != kName[i]) return false;
  }
  return true;
}

// What is mounted on `covered` now, found by its name again; not that where the name leads elsewhere by now.
long AddMounted(Stage& stage, const char* target, int covered) {
  const long root = OpenDestination(stage, target);
  if (root < 0) return root;
  Facts before = {}, now = {};
  long result = GetFacts(covered, &before);
  if (result >= 0) result = GetFacts(static_cast<int>(root), &now);
  if (result >= 0 && now.device != before.device) result = AddOwn(stage, static_cast<int>(root));
  Close(static_cast<int>(root));
  return result;
}

}  // namespace

long MountAt(Stage& stage, const PlanStep& step) {
  char** list = ListAt(stage, step.data);
  const char* target = list[1];
  const long destination =
      step.flags == kMayCreate ? MakeDestination(stage, target, true) : OpenDestination(stage, target);
  if (destination < 0) return destination;
  const int covered = static_cast<int>(destination);
  long result = MountOn(stage, covered, list[0], list[2], step.number, list[3]);
  if (result >= 0 && IsTmpfs(list[2])) result = AddMounted(stage, target, covered);
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
