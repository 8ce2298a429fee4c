#include "status_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "proc_entries.h"

namespace nskit {
namespace {

// More than most files have, so that one read takes them whole.
constexpr size_t kLeastRoom = 4096;

}  // namespace

int StatusReader::Open() {
  proc_ = OwnedFd(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return proc_ ? 0 : -errno;
}

int StatusReader::List(std::vector<pid_t>* pids) {
  return ForEachNumber(proc_.get(), [&](pid_t pid, const char*) {
    pids->push_back(pid);
    return 0;
  });
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
