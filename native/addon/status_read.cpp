#include "status_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nskit {
namespace {

// More than most files have, so that one read takes them whole.
constexpr size_t kLeastRoom = 4096;

// As getdents64(2) has it; glibc's dirent64 promises no layout.
struct DirectoryEntry {
  uint64_t ino;
  int64_t off;
  uint16_t reclen;
  uint8_t type;
  char name[];
};

// 0 for a name that is no pid.
pid_t PidOf(const char* name) {
  pid_t pid = 0;
  for (; *name >= '0' && *name <= '9'; name++) pid = pid * 10 + (*name - '0');
  return *name == '\0' ? pid : 0;
}

}  // namespace

int StatusReader::Open() {
  proc_ = OwnedFd(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return proc_ ? 0 : -errno;
}

int StatusReader::List(std::vector<pid_t>* pids) {
  alignas(DirectoryEntry) char entries[32768];
  for (;;) {
    const long size = syscall(SYS_getdents64, proc_.get(), entries, sizeof entries);
    if (size < 0) return -errno;
    if (size == 0) return 0;
    for (long at = 0; at < size;) {
      const DirectoryEntry* entry = reinterpret_cast<const DirectoryEntry*>(entries + at);
      if (const pid_t pid = PidOf(entry->name)) pids->push_back(pid);
      at += entry->reclen;
    }
  }
}

int StatusReader::Read(const char* process, std::string_view* text) {
  char path[32];
  snprintf(path, sizeof path, "%s/status", process);
  const OwnedFd file(openat(proc_.get(), path, O_RDONLY | O_CLOEXEC));
  if (!file) return errno == ENOENT ? -ESRCH : -errno;
  const size_t start = size_;
  for (;;) {
    if (capacity_ - size_ < kLeastRoom && !Grow()) return -ENOMEM;
    const ssize_t got = read(file.get(), block_.get() + size_, capacity_ - size_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      size_ = start;
      return -error;
    }
    if (got == 0) break;
    size_ += static_cast<size_t>(got);
  }
  *text = bytes().substr(start);
  return 0;
}

bool StatusReader::Grow() {
  const size_t capacity = capacity_ == 0 ? 4 * kLeastRoom : 2 * capacity_;
  char* const block = static_cast<char*>(realloc(block_.get(), capacity));
  if (block == nullptr) return false;
  static_cast<void>(block_.release());
  block_.reset(block);
  capacity_ = capacity;
  return true;
}

}  // namespace nskit
