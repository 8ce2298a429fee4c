/* sleepers COUNT [GROUPS]: COUNT processes that sleep until standard input ends. With GROUPS, as many groups
 * of the same size, each in user, mnt, ipc, uts and cgroup namespaces of its own, as containers are.
 * Writes one line when all are there; when it has ended, all are gone. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void fail(const char *what) {
  perror(what);
  _exit(1);
}

static _Noreturn void sleep_until_killed(int ready) {
  if (write(ready, "", 1) != 1) fail("sleepers.c: write");
  close(ready);
  for (;;) pause();
}

static void die_with(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("sleepers.c: prctl");
  // A parent that was gone before sends nothing any more.
  if (getppid() != parent) _exit(1);
}

static pid_t fork_child(void) {
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) die_with(parent);
  return pid;
}

static _Noreturn void lead(long members, int isolated, int ready) {
  const int namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  if (isolated && unshare(namespaces) != 0) fail("sleepers.c: unshare");
  for (long i = 1; i < members; i++) {
    const pid_t pid = fork_child();
    if (pid < 0) fail("sleepers.c: fork");
    if (pid == 0) sleep_until_killed(ready);
  }
  sleep_until_killed(ready);
}

static long count_ready(int ready) {
  char bytes[4096];
  long count = 0;
  for (ssize_t got; (got = read(ready, bytes, sizeof bytes)) > 0;) count += got;
  return count;
}

int main(int argc, char **argv) {
  const long count = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
  const long groups = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
  const long leaders = groups > 0 ? groups : count;
  if (count < 1 || count % leaders != 0) return 2;
  // The end of input is what ends this program: it alone can wait for the others.
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  // Members outlive their leader for a moment.
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) fail("sleepers.c: prctl");

  int ready[2];
  pid_t *const pids = calloc((size_t)leaders, sizeof *pids);
  if (pids == NULL || pipe(ready) != 0) fail("sleepers.c");
  long started = 0;
  while (started < leaders) {
    const pid_t pid = fork_child();
    if (pid == 0) {
      close(ready[0]);
      lead(count / leaders, groups > 0, ready[1]);
    }
    if (pid < 0) {
      perror("sleepers.c: fork");
      break;
    }
    pids[started++] = pid;
  }
  close(ready[1]);

  const int complete = count_ready(ready[0]) == count;
  if (complete) {
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF) continue;
  }
  for (long i = 0; i < started; i++) kill(pids[i], SIGKILL);
  while (wait(NULL) > 0) continue;
  return complete ? 0 : 1;
}
