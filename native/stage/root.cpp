// A new root: made on top of the old one, filled there, and moved into.

#include <linux/mount.h>

#include "stage.h"

namespace nskit {
namespace {

constexpr int kDetach = 2;  // MNT_DETACH

}  // namespace

// pivot_root(2) with both arguments "." stacks the old root on the new one, where the unmount reaches it: no
// directory is needed to put it in.
long PivotRoot(const Stage& stage) {
  long result = Syscall(__NR_fchdir, stage.root_fd);
  if (result >= 0) result = Syscall(__NR_pivot_root, Arg("."), Arg("."));
  if (result >= 0) result = Syscall(__NR_umount2, Arg("."), kDetach);
  return result < 0 ? result : Syscall(__NR_chdir, Arg("/"));
}

// What is mounted on "/" covers nothing for those whose root is "/": paths go on to mean the old root until
// the pivot. ".." of the root leads onto what is mounted there, also without open_tree(2).
long MakeRoot(Stage& stage, const PlanStep& step) {
  char* text = At(stage, step.data);
  long result = 0;
  if (step.flags == kRootTmpfs) {
    result = Syscall(__NR_mount, Arg("tmpfs"), Arg("/"), Arg("tmpfs"), MS_NOSUID | MS_NODEV, Arg(text));
  } else if (step.flags == kRootDirectory) {
    result = Syscall(__NR_mount, Arg(text), Arg("/"), 0, MS_BIND | MS_REC, 0);
  }
  if (result < 0) return result;
  const char* path = step.flags == kRootHost ? "/" : "/..";
  result = Syscall(__NR_openat, kAtFdCwd, Arg(path), kOpenPath | kOpenDirectory | kOpenCloseOnExec);
  stage.root_fd = static_cast<int>(result);
  return result;
}

}  // namespace nskit
