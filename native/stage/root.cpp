// A new root: made on top of the old one, filled there, and moved into.

#include <linux/mount.h>

#include "mounts.h"
#include "stage.h"

namespace nskit {
namespace {

void Forget(int* fd) {
  if (*fd >= 0) Close(*fd);
  *fd = -1;
}

// The kernel's getcwd(2) gives "(unreachable)..." for what is not below the root.
bool IsBelowRoot() {
  static char path[4096];
  return Syscall(__NR_getcwd, Arg(path), sizeof path) > 0 && path[0] == '/';
}

}  // namespace

// pivot_root(2) with both arguments "." stacks the old root on the new one, where the unmount reaches it: no
// directory is needed to put it in.
long PivotRoot(Stage& stage) {
  long result = Syscall(__NR_fchdir, stage.root_fd);
  if (result >= 0) result = Syscall(__NR_pivot_root, Arg("."), Arg("."));
  if (result >= 0) result = Syscall(__NR_umount2, Arg("."), kDetach);
  if (result >= 0) result = Syscall(__NR_chdir, Arg("/"));
  // A directory of the old root that is still open would be a way back: by a cwd of /proc/self/fd/N.
  ForgetParents(stage);
  Forget(&stage.root_fd);
  Forget(&stage.proc_fd);
  stage.pivoted = true;
  return result;
}

// What is mounted on "/" covers nothing for those whose root is "/": paths go on to mean the old root until
// the pivot. ".." of the root leads onto what is mounted there, also without open_tree(2).
long MakeRoot(Stage& stage, const PlanStep& step) {
  char* text = At(stage, step.data);
  long result;
  if (step.flags == kRootTmpfs) {
    result = Syscall(__NR_mount, Arg("tmpfs"), Arg("/"), Arg("tmpfs"), MS_NOSUID | MS_NODEV, Arg(text));
  } else {
    result = Syscall(__NR_mount, Arg(text), Arg("/"), 0, MS_BIND | MS_REC, 0);
  }
  if (result < 0) return result;
  result = Syscall(__NR_openat, kAtFdCwd, Arg("/.."), kOpenPath | kOpenDirectory | kOpenCloseOnExec);
  stage.root_fd = static_cast<int>(result);
  return result >= 0 && step.flags == kRootTmpfs ? AddOwn(stage, stage.root_fd) : result;
}

// A descriptor that is handed to the command may lead out of its root; its working directory may not
// (CVE-2024-21626).
long ChangeDirectory(const Stage& stage, const char* path) {
  const long result = Syscall(__NR_chdir, Arg(path));
  return result >= 0 && stage.pivoted && !IsBelowRoot() ? -kErrNoEntry : result;
}

}  // namespace nskit
