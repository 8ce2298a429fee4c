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
#include <string>

#include "namespaces_mounts.h"
#include "namespaces_process.h"

namespace nskit {
namespace {

constexpr size_t kPathRoom = 64;

// Looked at before it is opened: behind the path may be a device or a FIFO by now, which an open would act
// on.
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
  std::vector<ProcessNamespaces> processes;
  if (const int result = GatherNamespaces(proc_.get(), table_, &processes)) return result;
  // Before the others': the first process met in this mount namespace may see less of it, from within a
  // chroot.
  if (const int result = Mounts("thread-self", true)) return result;
  for (const ProcessNamespaces& process : processes) {
    if (const int result = Process(process)) return result;
  }
  return 0;
}

int NamespaceScan::Process(const ProcessNamespaces& process) {
  char path[kPathRoom];
  ProcessFacts facts;
  bool has_facts = false;
  const std::string number = std::to_string(process.pid);
  for (const NamespaceName& name : process.in) {
    const std::string& type = table_.types()[name.type];
    snprintf(path, sizeof path, "%d/ns/%s", process.pid, type.c_str());
    size_t index;
    if (const int result = Found(name, path, &index)) return result;
    table_.row(index).processes++;
    // /proc lists processes in ascending order, so the first is the lowest.
    if (table_.row(index).pid != 0) continue;
    if (!has_facts) facts = ReadProcessFacts(proc_.get(), number.c_str());
    has_facts = true;
    table_.row(index).pid = process.pid;
    table_.row(index).uid = facts.uid;
    table_.row(index).command = facts.command;
    if (type != "mnt") continue;
    if (const int result = Mounts(number.c_str(), false)) return result;
  }
  for (const HeldNamespace& held : process.held) {
    snprintf(path, sizeof path, "%d/%s", process.pid, held.link.c_str());
    size_t index;
    if (const int result = Found(held.name, path, &index)) return result;
  }
  return 0;
}

int NamespaceScan::Mounts(const char* process, bool is_own) {
  char path[kPathRoom];
  snprintf(path, sizeof path, "%s/mountinfo", process);
  std::string text;
  if (const int result = ReadProcFile(proc_.get(), path, &text)) return ShortageOnly(-result);
  for (NamespaceMount& mount : ParseNamespaceMounts(text, table_)) {
    const std::string place = is_own ? mount.path : std::string(process) + "/root" + mount.path;
    size_t index;
    if (const int result = Found(mount.name, place.c_str(), &index)) return result;
    std::vector<std::string>& paths = table_.row(index).paths;
    // A mount that was propagated shows in many mount namespaces.
    if (std::find(paths.begin(), paths.end(), mount.path) == paths.end()) {
      paths.push_back(std::move(mount.path));
    }
  }
  return 0;
}

// Gives its row. At the first sight of a namespace its relatives are asked for, through `path`.
int NamespaceScan::Found(const NamespaceName& name, const char* path, size_t* index) {
  bool added;
  *index = table_.Put(name, &added);
  if (!added) return 0;
  const OwnedFd fd = OpenNamespace(proc_.get(), path);
  if (!fd) return ShortageOnly(errno);
  struct stat status;
  // Replaced since its name was read.
  if (fstat(fd.get(), &status) != 0 || status.st_ino != name.ino) return 0;
  return Relate(fd.get(), *index);
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
