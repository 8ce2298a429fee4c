#include "namespaces_process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "owned_fd.h"
#include "status_scan.h"

namespace nskit {
namespace {

// A command line can have megabytes; for a listing its beginning does. Of a status, the lines up to Uid.
constexpr size_t kBeginning = 4096;
constexpr size_t kPathRoom = 64;

std::string Beginning(int proc, const char* process, const char* file) {
  char path[kPathRoom];
  snprintf(path, sizeof path, "%s/%s", process, file);
  char bytes[kBeginning];
  const OwnedFd fd(openat(proc, path, O_RDONLY | O_CLOEXEC));
  const ssize_t size = fd ? read(fd.get(), bytes, sizeof bytes) : 0;
  return std::string(bytes, size > 0 ? static_cast<size_t>(size) : 0);
}

// The kernel escapes '\n' in the Name, so that no process can bring a line of its own.
uint32_t EffectiveUid(std::string_view status) {
  constexpr std::string_view kKey = "\nUid:\t";
  const size_t key = status.find(kKey);
  if (key == std::string_view::npos) return UINT32_MAX;
  std::string_view rest = status.substr(key + kKey.size());
  uint64_t real, effective;
  if (!TakeId(rest, &real) || !TakeBlanks(rest) || !TakeId(rest, &effective)) return UINT32_MAX;
  return static_cast<uint32_t>(effective);
}

std::string Command(int proc, const char* process) {
  std::string line = Beginning(proc, process, "cmdline");
  if (!line.empty()) {
    line.erase(line.find_last_not_of('\0') + 1);
    std::replace(line.begin(), line.end(), '\0', ' ');
  }
  if (!line.empty()) return line;
  // A kernel thread or a zombie.
  std::string name = Beginning(proc, process, "comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

}  // namespace

ProcessFacts ReadProcessFacts(int proc, const char* process) {
  ProcessFacts facts;
  facts.uid = EffectiveUid(Beginning(proc, process, "status"));
  facts.command = Command(proc, process);
  return facts;
}

int ReadProcFile(int folder, const char* path, std::string* text) {
  const OwnedFd fd(openat(folder, path, O_RDONLY | O_CLOEXEC));
  if (!fd) return -errno;
  text->clear();
  char bytes[16384];
  for (;;) {
    const ssize_t size = read(fd.get(), bytes, sizeof bytes);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return -errno;
    if (size == 0) return 0;
    text->append(bytes, static_cast<size_t>(size));
  }
}

}  // namespace nskit
