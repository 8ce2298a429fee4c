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
// no link is followed on the way, and the file system is asked as well, as a mount through a link may have
// come to lie where the names say a tmpfs is.
long OpenOwn(int dir, const char* name, int flags) {
  return Open(dir, name, flags, kBeneath | kNoSymlinks | kNoMagicLinks);
}

bool IsOwn(const Stage& stage, int dir) {
  Facts facts = {};
  if (GetFacts(dir, &facts) < 0) return false;
  for (uint32_t i = 0; i < stage.own_count; i++) {
    if (stage.own[i] == facts.device) return true;
  }
  return false;
}

// What is made has the mode it is given, whatever Node's umask; most take nothing from it.
class NoUmask {
 public:
  NoUmask(Stage& stage, int mode) {
    if (stage.umask < 0) {
      stage.umask = static_cast<int>(Syscall(__NR_umask, 0));
      Syscall(__NR_umask, stage.umask);
    }
    if ((stage.umask & mode) == 0) return;
    restored_ = stage.umask;
    Syscall(__NR_umask, 0);
  }
  ~NoUmask() {
    if (restored_ >= 0) Syscall(__NR_umask, restored_);
  }
  NoUmask(const NoUmask&) = delete;
  NoUmask& operator=(const NoUmask&) = delete;

 private:
  int restored_ = -1;
};

long OpenOrMakeDirectory(Stage& stage, int dir, const char* name) {
  const long found = OpenOwn(dir, name, kOpenDirectory);
  if (found != -kErrNoEntry || !IsOwn(stage, dir)) return found;
  const long made = MakeFolder(stage, dir, name, kDirectoryMode);
  return made < 0 ? made : OpenOwn(dir, name, kOpenDirectory);
}

long MakeMountPoint(Stage& stage, int dir, const char* name) {
  const NoUmask no_umask(stage, kMountPointMode);
  return Syscall(__NR_mknodat, dir, Arg(name), kMountPointMode, 0);
}

size_t ParentSize(const char* path) {
  size_t size = 0;
  for (size_t i = 0; path[i] != 0; i++) {
    if (path[i] == '/') size = i;
  }
  return size;
}

bool IsKept(const Stage& stage, const char* path, size_t size) {
  if (stage.parent_fd < 0 || stage.parent_size != size) return false;
  for (size_t i = 0; i < size; i++) {
    if (stage.parent[i] != path[i]) return false;
  }
  return true;
}

// Makes what is missing of the first `size` bytes of `path`; gives the last of these folders.
long Walk(Stage& stage, const char* path, size_t size) {
  long at = Open(stage.root_fd < 0 ? kAtFdCwd : stage.root_fd, stage.root_fd < 0 ? "/" : ".", 0, 0);
  for (size_t from = 0; at >= 0 && from < size;) {
    char name[kMaxName + 1];
    size_t length = 0;
    for (from++; from < size && path[from] != '/' && length < kMaxName; from++) name[length++] = path[from];
    name[length] = 0;
    const bool fits = from == size || path[from] == '/';
    const long next = fits ? OpenOrMakeDirectory(stage, static_cast<int>(at), name) : -kErrNameTooLong;
    Close(static_cast<int>(at));
    at = next;
  }
  return at;
}

long FindParents(Stage& stage, const char* path, const char** last) {
  const size_t size = ParentSize(path);
  *last = path + size + 1;
  if (!IsKept(stage, path, size)) {
    ForgetParents(stage);
    const long parent = Walk(stage, path, size);
    if (parent < 0) return parent;
    stage.parent_fd = static_cast<int>(parent);
    stage.parent_own = IsOwn(stage, stage.parent_fd);
    stage.parent = path;
    stage.parent_size = size;
  }
  return stage.parent_fd;
}

}  // namespace

long AddOwn(Stage& stage, int root) {
  Facts facts = {};
  const long known = GetFacts(root, &facts);
  if (known >= 0 && stage.own_count < kMaxSteps) stage.own[stage.own_count++] = facts.device;
  return known;
}

void ForgetParents(Stage& stage) {
  if (stage.parent_fd >= 0) Close(stage.parent_fd);
  stage.parent_fd = -1;
}

// What was there before may be, or hold, the folder that is kept, which a mount on it would hide.
long OpenDestination(Stage& stage, const char* path) {
  ForgetParents(stage);
  if (stage.root_fd < 0) return Open(kAtFdCwd, path, 0, kNoMagicLinks);
  return Open(stage.root_fd, path, 0, kInRoot | kNoMagicLinks);
}

long MakeParents(Stage& stage, const char* path, const char** last) {
  const long parent = FindParents(stage, path, last);
  return parent < 0 || stage.parent_own ? parent : -kErrNoEntry;
}

long MakeDestination(Stage& stage, const char* path, bool directory) {
  const char* name;
  const long parent = FindParents(stage, path, &name);
  if (parent >= 0 && !stage.parent_own) return OpenDestination(stage, path);
  long result = parent;
  if (parent >= 0) {
    const int dir = static_cast<int>(parent);
    result = directory ? MakeFolder(stage, dir, name, kDirectoryMode) : MakeMountPoint(stage, dir, name);
  }
  if (result >= 0 && parent >= 0) return OpenOwn(static_cast<int>(parent), name, 0);
  if (result != -kErrExists && result != -kErrLoop) return result;
  // It is there: then links may lead to it, which inside the root is harmless.
  const long found = OpenDestination(stage, path);
  return found == -kErrNoEntry ? result : found;
}

long MakeFolder(Stage& stage, int dir, const char* name, int mode) {
  const NoUmask no_umask(stage, mode);
  return Syscall(__NR_mkdirat, dir, Arg(name), mode);
}

long MakeFile(Stage& stage, int dir, const char* name, int mode) {
  constexpr int kCreate = 0100, kExclusive = 0200;
#if defined(__x86_64__)
  constexpr int kNoFollow = 0400000;
#else
  constexpr int kNoFollow = 0100000;
#endif
  const NoUmask no_umask(stage, mode);
  return Syscall(__NR_openat, dir, Arg(name),
                 kOpenWriteOnly | kCreate | kExclusive | kNoFollow | kOpenCloseOnExec, mode);
}

}  // namespace nskit
