#include "namespaces_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>

#include "namespaces_mounts.h"
#include "namespaces_process.h"
#include "proc_entries.h"

namespace nskit {
namespace {

constexpr size_t kPathRoom = 64;
// "cgroup:[4026531835]"; what is longer is the path of a file.
constexpr size_t kNameRoom = 40;

// Everything else says that a process has ended, or that what it has is not for the caller to see.
bool IsShortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM;
}

int ShortageOnly(int error) {
  return IsShortage(error) ? -error : 0;
}

// Looked at before it is opened: behind the path may be a device or a FIFO by now, which an open would act on.
OwnedFd OpenNamespace(int folder, const char* path) {
  const OwnedFd place(openat(folder, path, O_PATH | O_CLOEXEC));
  struct statfs filesystem;
  if (!place || fstatfs(place.get(), &filesystem) != 0) return OwnedFd();
  if (filesystem.f_type != NSFS_MAGIC) {
    errno = ENOENT;
    return OwnedFd();
  }
  char self[kPathRoom];
  snprintf(self, sizeof self, "/proc/thread-self/fd/%d", place.get());
  return OwnedFd(open(self, O_RDONLY | O_CLOEXEC));
}

}  // namespace

int NamespaceScan::Run() {
  proc_ = OwnedFd(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!proc_) return -errno;
  // First: the first process met in this mount namespace may see less of it, from within a chroot.
  if (const int result = Mounts("thread-self", true)) return result;
  return ForEachNumber(proc_.get(), [this](pid_t pid, const char* name) { return Process(pid, name); });
}

int NamespaceScan::Process(pid_t pid, const char* process) {
  char path[kPathRoom];
  snprintf(path, sizeof path, "%s/ns", process);
  const OwnedFd folder(openat(proc_.get(), path, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return ShortageOnly(errno);
  if (const int result = Links(pid, process, folder.get())) return result;
  return Descriptors(process);
}

// By the links' texts: to open or to stat all of them would cost several times as much.
int NamespaceScan::Links(pid_t pid, const char* process, int folder) {
  ProcessFacts facts;
  bool has_facts = false;
  for (const std::string& type : table_.types()) {
    char text[kNameRoom];
    const ssize_t size = readlinkat(folder, type.c_str(), text, sizeof text);
    // ENOENT: an older kernel without that type, or a zombie, which has left some.
    if (size < 0 && errno == ENOENT) continue;
    if (size < 0) return ShortageOnly(errno);
    NamespaceName name;
    if (!table_.Parse(std::string_view(text, static_cast<size_t>(size)), &name)) continue;
    if (const int result = Found(name, folder, type.c_str())) return result;
    bool added;
    NamespaceRow& row = table_.row(table_.Put(name, &added));
    row.processes++;
    // /proc lists processes in ascending order, so the first is the lowest.
    if (row.pid != 0) continue;
    if (!has_facts) facts = ReadProcessFacts(proc_.get(), process);
    has_facts = true;
    row.pid = pid;
    row.uid = facts.uid;
    row.command = facts.command;
    if (type != "mnt") continue;
    if (const int result = Mounts(process, false)) return result;
  }
  return 0;
}

int NamespaceScan::Descriptors(const char* process) {
  char path[kPathRoom];
  snprintf(path, sizeof path, "%s/fd", process);
  const OwnedFd folder(openat(proc_.get(), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return ShortageOnly(errno);
  const int result = ForEachNumber(folder.get(), [&](int, const char* number) {
    char text[kNameRoom];
    const ssize_t size = readlinkat(folder.get(), number, text, sizeof text);
    NamespaceName name;
    if (size <= 0 || !table_.Parse(std::string_view(text, static_cast<size_t>(size)), &name)) return 0;
    return Found(name, folder.get(), number);
  });
  return result < 0 ? ShortageOnly(-result) : 0;
}

int NamespaceScan::Mounts(const char* process, bool is_own) {
  char path[kPathRoom];
  snprintf(path, sizeof path, "%s/mountinfo", process);
  std::string text;
  if (const int result = ReadProcFile(proc_.get(), path, &text)) return ShortageOnly(-result);
  for (NamespaceMount& mount : ParseNamespaceMounts(text, table_)) {
    const std::string place = is_own ? mount.path : std::string(process) + "/root" + mount.path;
    if (const int result = Found(mount.name, proc_.get(), place.c_str())) return result;
    bool added;
    std::vector<std::string>& paths = table_.row(table_.Put(mount.name, &added)).paths;
    // A mount that was propagated shows in many mount namespaces.
    if (std::find(paths.begin(), paths.end(), mount.path) == paths.end())
      paths.push_back(std::move(mount.path));
  }
  return 0;
}

// `path` leads to it: that is where its relatives are asked for, once.
int NamespaceScan::Found(const NamespaceName& name, int folder, const char* path) {
  bool added;
  const size_t index = table_.Put(name, &added);
  if (!added) return 0;
  const OwnedFd fd = OpenNamespace(folder, path);
  if (!fd) return ShortageOnly(errno);
  struct stat status;
  // Replaced since its name was read.
  if (fstat(fd.get(), &status) != 0 || status.st_ino != name.ino) return 0;
  return Relate(fd.get(), index);
}

// ioctl_ns(2). Up the ancestors: at most 32 levels of user and of pid namespaces.
int NamespaceScan::Relate(int fd, size_t index) {
  const size_t type = table_.row(index).type;
  uint64_t owner = 0, parent = 0;
  if (const int result = Relative(fd, NS_GET_USERNS, table_.user_type(), &owner)) return result;
  // EINVAL for the types that have no parent.
  if (const int result = Relative(fd, NS_GET_PARENT, type, &parent)) return result;
  NamespaceRow& row = table_.row(index);
  row.owner = owner;
  row.parent = parent;
  return 0;
}

int NamespaceScan::Relative(int fd, unsigned long request, size_t type, uint64_t* ino) {
  const OwnedFd relative(ioctl(fd, request));
  if (!relative) return ShortageOnly(errno);
  struct stat status;
  if (fstat(relative.get(), &status) != 0) return 0;
  *ino = status.st_ino;
  bool added;
  const size_t index = table_.Put({type, *ino}, &added);
  return added ? Relate(relative.get(), index) : 0;
}

}  // namespace nskit
