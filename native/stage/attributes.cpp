// Attributes of mounts: mount_setattr(2) where it is known, else the remount that old kernels have.

#include <asm/statfs.h>
#include <linux/mount.h>

#include "mounts.h"
#include "stage.h"

namespace nskit {
namespace {

// The same bits in MOUNT_ATTR_*, MS_* and f_flags: read-only, nosuid, nodev, noexec.
constexpr unsigned long kShared = 0xf;
// The same in MS_* and f_flags. Without one of them, a remount keeps the access times as they are.
constexpr unsigned long kAccessTimes = MS_NOATIME | MS_NODIRATIME;

// "/proc/self/fd/N": mount(2) takes no descriptor, and a file is no working directory.
struct DescriptorPath {
  char text[32];
  explicit DescriptorPath(int fd) {
    constexpr char kFolder[] = "/proc/self/fd/";
    size_t size = sizeof kFolder - 1;
    for (size_t i = 0; i < size; i++) text[i] = kFolder[i];
    size_t digits = 1;
    for (int rest = fd; rest >= 10; rest /= 10) digits++;
    for (size_t i = digits; i > 0; i--, fd /= 10) text[size + i - 1] = static_cast<char>('0' + fd % 10);
    text[size + digits] = 0;
  }
};

// Reads the second number of each line of mountinfo, the id of the parent mount (proc_pid_mountinfo(5)).
class ParentScan {
 public:
  explicit ParentScan(uint64_t wanted) : wanted_(wanted) {}

  bool Finds(const char* text, long size) {
    for (long i = 0; i < size; i++) {
      const char c = text[i];
      if (c == '\n') {
        field_ = 0;
        number_ = 0;
      } else if (c == ' ') {
        if (field_++ == 1 && number_ == wanted_) return true;
        number_ = 0;
      } else if (field_ < 2) {
        number_ = number_ * 10 + static_cast<uint64_t>(c - '0');
      }
    }
    return false;
  }

 private:
  uint64_t wanted_;
  uint64_t number_ = 0;
  int field_ = 0;
};

// 1 or 0, or a negative errno.
long HasSubmounts(int tree) {
  Facts facts = {};
  const long known = GetFacts(tree, &facts);
  if (known < 0) return known;
  if (facts.mount_id == 0) return -kErrNoSys;
  const long fd = Syscall(__NR_openat, kAtFdCwd, Arg("/proc/self/mountinfo"), kOpenCloseOnExec);
  if (fd < 0) return fd;
  ParentScan scan(facts.mount_id);
  char text[1024] = {};
  bool found = false;
  long size = 0;
  while (!found && (size = Syscall(__NR_read, fd, Arg(text), sizeof text)) > 0) {
    found = scan.Finds(text, size);
  }
  Close(static_cast<int>(fd));
  return size < 0 ? size : found;
}

}  // namespace

// A remount takes away every flag that it does not name, and in a user namespace is refused (EPERM) where
// that would be a locked one.
long SetAttributesByRemount(int tree, bool recursive, uint64_t attributes) {
  if (recursive) {
    const long submounts = HasSubmounts(tree);
    if (submounts != 0) return submounts < 0 ? submounts : -kErrNoSys;
  }
  struct statfs now = {};
  const long known = Syscall(__NR_fstatfs, tree, Arg(&now));
  if (known < 0) return known;
  const unsigned long kept = static_cast<unsigned long>(now.f_flags) & (kShared | kAccessTimes);
  const DescriptorPath path(tree);
  return Syscall(__NR_mount, 0, Arg(path.text), 0,
                 static_cast<long>(MS_REMOUNT | MS_BIND | kept | (attributes & kShared)), 0);
}

}  // namespace nskit
