// A user namespace of which nothing is wanted but its maps: idmapped mounts take them from there
// (mount_setattr(2)).

#include <linux/sched.h>

#include "mounts.h"
#include "stage.h"

namespace nskit {
namespace {

// "/proc/PID/name"
struct ProcessFile {
  char text[48];
  ProcessFile(int pid, const char* name) {
    size_t size = 0;
    auto add = [&](char c) { text[size++] = c; };
    for (const char* c = "/proc/"; *c != 0; c++) add(*c);
    int scale = 1;
    while (pid / scale >= 10) scale *= 10;
    for (; scale > 0; scale /= 10) add(static_cast<char>('0' + pid / scale % 10));
    add('/');
    for (; *name != 0; name++) add(*name);
    add(0);
  }
};

long WriteMap(int pid, const char* name, const char* map, uint32_t size) {
  const ProcessFile file(pid, name);
  const long fd = Syscall(__NR_openat, kAtFdCwd, Arg(file.text), kOpenWriteOnly | kOpenCloseOnExec);
  if (fd < 0) return fd;
  const long written = Syscall(__NR_write, fd, Arg(map), size);
  Close(static_cast<int>(fd));
  return written < 0 ? written : 0;
}

long MapAndOpen(const Stage& stage, const PlanStep& step, int pid) {
  long result = WriteMap(pid, "uid_map", At(stage, step.data), step.data_size);
  if (result >= 0) result = WriteMap(pid, "gid_map", At(stage, step.more), step.more_size);
  if (result < 0) return result;
  const ProcessFile file(pid, "ns/user");
  return Syscall(__NR_openat, kAtFdCwd, Arg(file.text), kOpenCloseOnExec);
}

}  // namespace

// Its first process lives until the pipe closes, which the end of this one does as well.
long MakeUserNamespace(Stage& stage, const PlanStep& step) {
  int ends[2];
  long result = Syscall(__NR_pipe2, Arg(ends), kOpenCloseOnExec);
  if (result < 0) return result;
  const long pid = nskit_clone(CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (pid == 0) {
    Close(ends[1]);
    char nothing;
    while (Syscall(__NR_read, ends[0], Arg(&nothing), 1) == -kErrIntr) {
    }
    Leave(0);
  }
  Close(ends[0]);
  result = pid < 0 ? pid : MapAndOpen(stage, step, static_cast<int>(pid));
  Close(ends[1]);
  if (pid > 0) Wait(static_cast<int>(pid), nullptr);
  if (result < 0) return result;
  if (stage.map_fd >= 0) Close(stage.map_fd);
  stage.map_fd = static_cast<int>(result);
  return 0;
}

}  // namespace nskit
