// Links, and files with content.

#include <linux/mount.h>

#include "mounts.h"
#include "stage.h"

namespace nskit {
namespace {

long WriteAll(long file, const char* content, size_t size) {
  while (size > 0) {
    const long written = Syscall(__NR_write, file, Arg(content), static_cast<long>(size));
    if (written == -kErrIntr) continue;
    if (written <= 0) return written < 0 ? written : -kErrIo;
    content += written;
    size -= static_cast<size_t>(written);
  }
  return 0;
}

long Fill(long file, const Stage& stage, const PlanStep& step) {
  if (file < 0) return file;
  const long result = WriteAll(file, At(stage, step.more), step.more_size);
  Close(static_cast<int>(file));
  return result;
}

// A file on a tmpfs of its own, which is mounted only until the file is taken out of it: on the root, where
// nobody's path leads, so that no directory is needed for it.
long MakeLooseFile(Stage& stage, const PlanStep& step) {
  constexpr char kPlace[] = "/..";
  constexpr char kName[] = "file";
  long result = Syscall(__NR_mount, Arg("tmpfs"), Arg("/"), Arg("tmpfs"), MS_NOSUID | MS_NODEV, 0);
  if (result < 0) return result;
  result = Syscall(__NR_openat, kAtFdCwd, Arg(kPlace), kOpenPath | kOpenDirectory | kOpenCloseOnExec);
  if (result >= 0) {
    const int place = static_cast<int>(result);
    result = Fill(MakeFile(stage, place, kName, static_cast<int>(step.number)), stage, step);
    if (result >= 0) result = CloneTree(place, kName, 0);
    Close(place);
  }
  const long unmounted = Syscall(__NR_umount2, Arg(kPlace), kDetach);
  return result >= 0 && unmounted < 0 ? unmounted : result;
}

long ReplaceFile(Stage& stage, const PlanStep& step) {
  const long destination = OpenDestination(stage, At(stage, step.data));
  if (destination < 0) return destination;
  long result = MakeLooseFile(stage, step);
  if (result >= 0) {
    const int file = static_cast<int>(result);
    result = PlaceTree(file, static_cast<int>(destination));
    Close(file);
  }
  Close(static_cast<int>(destination));
  return result;
}

}  // namespace

long MakeEmptyFile(Stage& stage) {
  PlanStep step = {};
  step.number = 0444;
  const long file = MakeLooseFile(stage, step);
  // Else its owner could write to it. Linux 5.12.
  constexpr uint64_t kReadOnly = 1;  // MOUNT_ATTR_RDONLY
  if (file >= 0) SetMountAttributes(static_cast<int>(file), false, {kReadOnly, 0, 0, 0});
  return file;
}

long MakeDirectory(Stage& stage, const PlanStep& step) {
  const char* name;
  const long parent = MakeParents(stage, At(stage, step.data), &name);
  if (parent < 0) return parent;
  return MakeFolder(stage, static_cast<int>(parent), name, static_cast<int>(step.number));
}

long MakeSymlink(Stage& stage, const PlanStep& step) {
  const char* name;
  const long parent = MakeParents(stage, At(stage, step.data), &name);
  if (parent < 0) return parent;
  return Syscall(__NR_symlinkat, Arg(At(stage, step.more)), parent, Arg(name));
}

long WriteFile(Stage& stage, const PlanStep& step) {
  if (step.flags != kMayCreate) return ReplaceFile(stage, step);
  const char* name;
  const long parent = MakeParents(stage, At(stage, step.data), &name);
  if (parent < 0) return parent;
  return Fill(MakeFile(stage, static_cast<int>(parent), name, static_cast<int>(step.number)), stage, step);
}

}  // namespace nskit
