/* What the kernel itself costs: clone(2) with the six namespaces and shared memory, maps written, /proc
 * mounted, /bin/true executed and reaped. No library could be faster by much, and none may do this: the child
 * shares its parent's memory inside the new namespaces.
 * For each line read, one line with the milliseconds that it took. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char stack[64 << 10];
static char uid_map[32];
static char gid_map[32];

static int write_file(const char *path, const char *text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  const ssize_t written = write(fd, text, strlen(text));
  close(fd);
  return written < 0 ? -1 : 0;
}

static int child(void *unused) {
  static char *const argv[] = {"/bin/true", NULL};
  static char *const environment[] = {NULL};
  (void)unused;
  if (write_file("/proc/self/setgroups", "deny") != 0) _exit(101);
  if (write_file("/proc/self/uid_map", uid_map) != 0) _exit(102);
  if (write_file("/proc/self/gid_map", gid_map) != 0) _exit(103);
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) _exit(104);
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) _exit(105);
  execve(argv[0], argv, environment);
  _exit(106);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(void) {
  const int flags = CLONE_VM | CLONE_VFORK | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC |
                    CLONE_NEWUTS | CLONE_NEWCGROUP | SIGCHLD;
  snprintf(uid_map, sizeof uid_map, "0 %u 1", geteuid());
  snprintf(gid_map, sizeof gid_map, "0 %u 1", getegid());
  for (int c = getchar(); c != EOF; c = getchar()) {
    if (c != '\n') continue;
    const double begin = now();
    const pid_t pid = clone(child, stack + sizeof stack, flags, NULL);
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
      fprintf(stderr, "limit.c: wait status 0x%x\n", status);
      return 1;
    }
    printf("%.6f\n", now() - begin);
    fflush(stdout);
  }
  return 0;
}
