#include "namespaces_gather.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <string>

#include "owned_fd.h"
#include "proc_entries.h"

namespace nskit {
namespace {

constexpr size_t kPathRoom = 64;
// "cgroup:[4026531835]"; what is longer is the path of a file.
constexpr size_t kNameRoom = 40;
// Where unshare(2) and setns(2) put a process's children, and not itself. The pid namespace has such a link
// too, which would add only those whose init has died: until there is one, the link leads nowhere.
constexpr const char* kTimeForChildren = "time_for_children";
// One process takes some 40 µs, nearly all of it in the kernel: a thread pays from about here on.
constexpr size_t kProcessesPerThread = 200;
constexpr size_t kMostThreads = 8;

// What the threads share. Each process is one thread's.
struct Work {
  int proc;
  const NamespaceTable& table;
  std::vector<ProcessNamespaces>& processes;
  std::atomic<size_t> next{0};
  std::atomic<int> result{0};
};

// 1: `name` is set; 0: the link leads to something else; or a negative errno.
int ReadName(const Work& work, int folder, const char* link, NamespaceName* name) {
  char text[kNameRoom];
  const ssize_t size = readlinkat(folder, link, text, sizeof text);
  if (size < 0) return -errno;
  return work.table.Parse(std::string_view(text, static_cast<size_t>(size)), name) ? 1 : 0;
}

bool IsIn(const ProcessNamespaces& process, const NamespaceName& name) {
  return std::any_of(process.in.begin(), process.in.end(),
                     [&](const NamespaceName& own) { return own.ino == name.ino; });
}

// By the links' texts: to open or to stat them all would cost several times as much.
int GatherLinks(const Work& work, ProcessNamespaces* process) {
  char path[kPathRoom];
  snprintf(path, sizeof path, "%d/ns", process->pid);
  const OwnedFd folder(openat(work.proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return ShortageOnly(errno);
  process->in.reserve(work.table.types().size());
  for (const std::string& type : work.table.types()) {
    NamespaceName name;
    const int result = ReadName(work, folder.get(), type.c_str(), &name);
    // ENOENT: an older kernel without that type, or a zombie, which has left some.
    if (result < 0 && result != -ENOENT) return ShortageOnly(-result);
    if (result > 0) process->in.push_back(name);
  }
  NamespaceName name;
  const int result = ReadName(work, folder.get(), kTimeForChildren, &name);
  if (result < 0 && result != -ENOENT) return ShortageOnly(-result);
  if (result > 0 && !IsIn(*process, name)) {
    process->held.push_back({std::string("ns/") + kTimeForChildren, name});
  }
  return 0;
}

int GatherDescriptors(const Work& work, ProcessNamespaces* process) {
  char path[kPathRoom];
  snprintf(path, sizeof path, "%d/fd", process->pid);
  const OwnedFd folder(openat(work.proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return ShortageOnly(errno);
  const int result = ForEachNumber(folder.get(), [&](int fd, const char* link) {
    NamespaceName name;
    if (ReadName(work, folder.get(), link, &name) > 0) {
      process->held.push_back({"fd/" + std::to_string(fd), name});
    }
    return 0;
  });
  return ShortageOnly(-result);
}

void* Gather(void* argument) {
  Work& work = *static_cast<Work*>(argument);
  for (size_t i = work.next++; i < work.processes.size() && work.result == 0; i = work.next++) {
    ProcessNamespaces* process = &work.processes[i];
    int result = GatherLinks(work, process);
    // Who may not read the links may not read the descriptors either.
    if (result == 0 && !process->in.empty()) result = GatherDescriptors(work, process);
    if (result != 0) work.result = result;
  }
  return nullptr;
}

size_t ExtraThreads(size_t processes) {
  cpu_set_t cpus;
  if (sched_getaffinity(0, sizeof cpus, &cpus) != 0) return 0;
  const size_t useful = std::min<size_t>(CPU_COUNT(&cpus), processes / kProcessesPerThread);
  return useful == 0 ? 0 : std::min(useful, kMostThreads) - 1;
}

}  // namespace

int ShortageOnly(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM ? -error : 0;
}

int GatherNamespaces(int proc, const NamespaceTable& table, std::vector<ProcessNamespaces>* processes) {
  const int listed = ForEachNumber(proc, [&](pid_t pid, const char*) {
    processes->emplace_back();
    processes->back().pid = pid;
    return 0;
  });
  if (listed < 0) return listed;

  Work work{proc, table, *processes};
  // Signals stay with Node's own threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::vector<pthread_t> threads;
  for (size_t wanted = ExtraThreads(processes->size()); wanted > 0; wanted--) {
    pthread_t thread;
    // Without more threads, for whatever reason, the one that asks does it all.
    if (pthread_create(&thread, nullptr, Gather, &work) != 0) break;
    threads.push_back(thread);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  Gather(&work);
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
  return work.result;
}

}  // namespace nskit
