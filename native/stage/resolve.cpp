// Where a destination leads. A root of its own is never left, whatever links are in it, and what was found is
// held by a descriptor: a link put in the way later changes nothing (CVE-2021-30465).

#include "mounts.h"
#include "stage.h"

namespace nskit {
namespace {

constexpr long kOpenAt2 = 437;  // Linux 5.6
constexpr uint64_t kNoMagicLinks = 0x02;
constexpr uint64_t kNoSymlinks = 0x04;
constexpr uint64_t kBeneath = 0x08;
constexpr uint64_t kInRoot = 0x10;

constexpr int kDirectoryMode = 0755;
// What is mounted on it hides it.
constexpr int kMountPointMode = 0100444;
constexpr size_t kMaxName = 255;

// struct open_how
struct OpenHow {
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
};

// EAGAIN: a rename or a mount anywhere on the host, while a ".." was walked, and the kernel cannot tell that
// the root was not left.
long Open(int dir, const char* path, int flags, uint64_t resolve) {
  constexpr int kPatience = 1000;
  const OpenHow how = {static_cast<uint64_t>(flags | kOpenPath | kOpenCloseOnExec), 0, resolve};
  long result = -kErrAgain;
  for (int i = 0; i < kPatience && result == -kErrAgain; i++) {
    result = Syscall(kOpenAt2, dir, Arg(path), Arg(&how), sizeof how);
  }
  return result;
}

// Only below what this plan has mounted itself is anything made. TypeScript knows that by the names alone: so
// no link is followed on the way.
long OpenOwn(int dir, const char* name, int flags) {
  return Open(dir, name, flags, kBeneath | kNoSymlinks | kNoMagicLinks);
}

// What is made has the mode it is given, whatever Node's umask.
class NoUmask {
 public:
  NoUmask() : mask_(Syscall(__NR_umask, 0)) {}
  ~NoUmask() { Syscall(__NR_umask, mask_); }
  NoUmask(const NoUmask&) = delete;
  NoUmask& operator=(const NoUmask&) = delete;

 private:
  long mask_;
};

long OpenOrMakeDirectory(int dir, const char* name) {
  const long found = OpenOwn(dir, name, kOpenDirectory);
  if (found != -kErrNoEntry) return found;
  const long made = Syscall(__NR_mkdirat, dir, Arg(name), kDirectoryMode);
  return made < 0 ? made : OpenOwn(dir, name, kOpenDirectory);
}

}  // namespace

long OpenDestination(int root, const char* path) {
  if (root < 0) return Open(kAtFdCwd, path, 0, kNoMagicLinks);
  return Open(root, path, 0, kInRoot | kNoMagicLinks);
}

long MakeParents(int root, const char* path, const char** last) {
  const NoUmask no_umask;
  long at = OpenDestination(root, "/");
  for (;;) {
    if (at < 0) return at;
    while (*path == '/') path++;
    char name[kMaxName + 1];
    size_t size = 0;
    while (path[size] != 0 && path[size] != '/') size++;
    if (path[size] == 0) break;
    long next = -kErrNameTooLong;
    if (size <= kMaxName) {
      for (size_t i = 0; i < size; i++) name[i] = path[i];
      name[size] = 0;
      next = OpenOrMakeDirectory(static_cast<int>(at), name);
    }
    Close(static_cast<int>(at));
    at = next;
    path += size;
  }
  *last = path;
  return at;
}

long MakeDestination(int root, const char* path, bool directory) {
  const char* name;
  const long parent = MakeParents(root, path, &name);
  if (parent < 0) return parent;
  const NoUmask no_umask;
  long result = directory ? Syscall(__NR_mkdirat, parent, Arg(name), kDirectoryMode)
                          : Syscall(__NR_mknodat, parent, Arg(name), kMountPointMode, 0);
  if (result >= 0) result = OpenOwn(static_cast<int>(parent), name, 0);
  Close(static_cast<int>(parent));
  return result;
}

long MakeFile(int root, const char* path, int mode) {
  constexpr int kCreate = 0100, kExclusive = 0200;
#if defined(__x86_64__)
  constexpr int kNoFollow = 0400000;
#else
  constexpr int kNoFollow = 0100000;
#endif
  const char* name;
  const long parent = MakeParents(root, path, &name);
  if (parent < 0) return parent;
  const NoUmask no_umask;
  const long file = Syscall(__NR_openat, parent, Arg(name),
                            kOpenWriteOnly | kCreate | kExclusive | kNoFollow | kOpenCloseOnExec, mode);
  Close(static_cast<int>(parent));
  return file;
}

}  // namespace nskit
