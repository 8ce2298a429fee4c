// Into a cgroup of version 2, while the caller's paths and privileges still hold.

#include "stage.h"

namespace nskit {
namespace {

constexpr long kCgroup2 = 0x63677270;  // CGROUP2_SUPER_MAGIC
constexpr long kErrInvalid = 22;

// struct statfs begins with the type of the file system, and is smaller than this.
struct FileSystem {
  long type;
  char rest[248];
};

// "0" is the writer itself (cgroups(7)): no pid that could be another's by now, and whatever this process
// becomes or makes is inside from its first instruction on.
long MoveSelf(int directory) {
  const long fd = Syscall(__NR_openat, directory, Arg("cgroup.procs"), kOpenWriteOnly | kOpenCloseOnExec);
  if (fd < 0) return fd;
  const long written = Syscall(__NR_write, fd, Arg("0"), 1);
  Close(static_cast<int>(fd));
  return written < 0 ? written : 0;
}

}  // namespace

long EnterCgroup(const Stage& stage, const PlanStep& step) {
  if ((stage.header->flags & kBornInCgroup) != 0) return 0;
  const char* path = At(stage, step.data);
  const long fd = Syscall(__NR_openat, kAtFdCwd, Arg(path), kOpenPath | kOpenDirectory | kOpenCloseOnExec);
  if (fd < 0) return fd;
  FileSystem file_system;
  long result = Syscall(__NR_fstatfs, fd, Arg(&file_system));
  // Version 1 has a cgroup.procs as well, which would move this process in one of many hierarchies.
  if (result >= 0 && file_system.type != kCgroup2) result = -kErrInvalid;
  if (result >= 0) result = MoveSelf(static_cast<int>(fd));
  Close(static_cast<int>(fd));
  return result;
}

}  // namespace nskit
