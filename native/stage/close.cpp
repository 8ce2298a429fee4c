// Closes descriptors by the range.

#include "stage.h"

namespace nskit {
namespace {

constexpr int kLimitOpenFiles = 7;  // RLIMIT_NOFILE
constexpr uint64_t kMostOpenFiles = 1u << 20;  // the kernel's own default for fs.nr_open

struct DirectoryEntry {
  uint64_t inode;
  int64_t offset;
  uint16_t size;
  uint8_t type;
  char name[1];
};

// Closes what one read of the directory names; says how many there were in the range.
int CloseListed(const char* entries, long size, int directory, uint32_t first, uint32_t last) {
  int closed = 0;
  for (long at = 0; at < size;) {
    const auto* entry = reinterpret_cast<const DirectoryEntry*>(entries + at);
    at += entry->size;
    const int fd = ParseNumber(entry->name);
    if (fd < 0 || fd == directory || static_cast<uint32_t>(fd) < first || static_cast<uint32_t>(fd) > last) continue;
    Close(fd);
    closed++;
  }
  return closed;
}

bool CloseByProc(uint32_t first, uint32_t last) {
  const long directory =
      Syscall(__NR_openat, kAtFdCwd, Arg("/proc/self/fd"), kOpenDirectory | kOpenCloseOnExec);
  if (directory < 0) return false;
  alignas(8) char entries[1024];
  int closed;
  do {
    // From the start each time: closing moves what the position means.
    Syscall(__NR_lseek, directory, 0, 0);
    closed = 0;
    for (;;) {
      const long size = Syscall(__NR_getdents64, directory, Arg(entries), sizeof entries);
      if (size <= 0) break;
      closed += CloseListed(entries, size, static_cast<int>(directory), first, last);
    }
  } while (closed != 0);
  Close(static_cast<int>(directory));
  return true;
}

void CloseByLimit(uint32_t first, uint32_t last) {
  uint64_t limit[2] = {kMostOpenFiles, 0};
  Syscall(__NR_prlimit64, 0, kLimitOpenFiles, 0, Arg(limit));
  const uint64_t end = limit[0] < kMostOpenFiles ? limit[0] : kMostOpenFiles;
  for (uint64_t fd = first; fd <= last && fd < end; fd++) Close(static_cast<int>(fd));
}

}  // namespace

void CloseRange(uint32_t first, uint32_t last) {
  if (first > last) return;
  const long result = Syscall(__NR_close_range, first, last, 0);
  // close_range(2) is of Linux 5.9; Docker's filters before 20.10 answer EPERM to what they do not know.
  if (result != -kErrNoSys && result != -kErrPerm) return;
  if (!CloseByProc(first, last)) CloseByLimit(first, last);
}

void CloseAllBut(int a, int b) {
  const auto low = static_cast<uint32_t>(a < b ? a : b);
  const auto high = static_cast<uint32_t>(a < b ? b : a);
  if (low > 0) CloseRange(0, low - 1);
  if (high > low) CloseRange(low + 1, high - 1);
  CloseRange(high + 1, UINT32_MAX);
}

}  // namespace nskit
