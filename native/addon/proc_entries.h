// The numbers among the names in a folder of /proc: processes, descriptors.
#pragma once

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nskit {

// As getdents64(2) has it; glibc's dirent64 promises no layout.
struct ProcEntry {
  uint64_t ino;
  int64_t off;
  uint16_t reclen;
  uint8_t type;
  char name[];
};

// -1 for a name that is no number.
inline int NumberOf(const char* name) {
  int number = 0;
  if (*name == '\0') return -1;
  for (; *name >= '0' && *name <= '9'; name++) number = number * 10 + (*name - '0');
  return *name == '\0' ? number : -1;
}

// Calls `visit(number, name)` in the folder's order, until it returns something else than 0. Returns that,
// 0, or a negative errno of the reading.
template <typename Visit>
int ForEachNumber(int folder, Visit visit) {
  alignas(ProcEntry) char entries[8192];
  for (;;) {
    const long size = syscall(SYS_getdents64, folder, entries, sizeof entries);
    if (size < 0) return -errno;
    if (size == 0) return 0;
    for (long at = 0; at < size;) {
      const ProcEntry* entry = reinterpret_cast<const ProcEntry*>(entries + at);
      at += entry->reclen;
      const int number = NumberOf(entry->name);
      if (number < 0) continue;
      if (const int stop = visit(number, entry->name)) return stop;
    }
  }
}

}  // namespace nskit
