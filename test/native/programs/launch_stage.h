// Starts a stage as the addon does: the plan in a memfd whose number is argv[1], the report socket inherited.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "plan_builder.h"

namespace nskit::test {

constexpr int kPlanFd = 3;
constexpr int kReportFd = 4;
constexpr int kNotStarted = 126;

[[noreturn]] inline void GiveUp(const char* what) {
  perror(what);
  _exit(kNotStarted);
}

struct Ending {
  int status = 0;                // wait status of the stage itself
  int worst = 0;                 // wait status of any process of the plan that a fault killed
  std::vector<Bytes> records{};  // packets on the report socket
};

inline bool IsFault(int status) {
  if (!WIFSIGNALED(status)) return false;
  switch (WTERMSIG(status)) {
    case SIGSEGV:
    case SIGBUS:
    case SIGILL:
    case SIGFPE:
    case SIGABRT:
    case SIGTRAP:
    case SIGSYS:
      return true;
    default:
      return false;
  }
}

inline int PlanFile(const Bytes& plan) {
  const int fd = memfd_create("plan", MFD_CLOEXEC);
  if (fd < 0) GiveUp("memfd_create");
  if (write(fd, plan.data(), plan.size()) != static_cast<ssize_t>(plan.size())) GiveUp("write of the plan");
  return fd;
}

// `command` and the arguments of its own, to which the plan's number is added.
[[noreturn]] inline void Become(std::vector<std::string> command, int plan_fd, int report_fd) {
  // First above both numbers: neither dup2 then hits the other's source.
  const int plan = fcntl(plan_fd, F_DUPFD_CLOEXEC, 10);
  const int report = fcntl(report_fd, F_DUPFD_CLOEXEC, 10);
  // A mutation may take any descriptor for its report socket: what is printed stays clean of it.
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (dup2(null, 0) < 0 || dup2(null, 1) < 0) GiveUp("dup2");
  if (dup2(plan, kPlanFd) < 0 || dup2(report, kReportFd) < 0) GiveUp("dup2");
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  GiveUp(argv[0]);
}

inline std::vector<Bytes> ReadRecords(int fd) {
  std::vector<Bytes> records;
  for (;;) {
    Bytes packet(sizeof(ReportRecord));
    const ssize_t size = recv(fd, packet.data(), packet.size(), MSG_DONTWAIT);
    if (size <= 0) return records;
    packet.resize(static_cast<size_t>(size));
    records.push_back(packet);
  }
}

// Returns when the stage and all that its plan started have ended. `hang_up`: Node's end of the report socket
// is closed once the stage runs, so that no step waits for it.
inline Ending Launch(std::vector<std::string> command, int plan_fd, bool hang_up) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) GiveUp("socketpair");
  const pid_t stage = fork();
  if (stage < 0) GiveUp("fork");
  if (stage == 0) Become(std::move(command), plan_fd, ends[1]);
  close(ends[1]);
  if (hang_up) close(ends[0]);
  Ending ending;
  for (;;) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, __WALL);
    // The caller is a subreaper: what the plan leaves behind comes here too.
    if (pid < 0) break;
    if (pid == stage) ending.status = status;
    if (IsFault(status)) ending.worst = status;
  }
  if (!hang_up) {
    ending.records = ReadRecords(ends[0]);
    close(ends[0]);
  }
  return ending;
}

}  // namespace nskit::test
