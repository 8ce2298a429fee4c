// filter KIND COMMAND...: runs the command under a seccomp filter, as engines and service managers install
// one.
//   docker   EPERM for clone and unshare with namespaces, mount and its kin; ENOSYS for clone3, whose flags
//   no filter sees absent   ENOSYS for all of them, as of a kernel without them kill     ends the process at
//   them; clone3 is ENOSYS, else no thread could start mount    EPERM for mount(2) and its successors alone
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NAMESPACES \
  (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
/* The low half of a 64-bit argument: both architectures are little-endian. */
#define IF_NAMESPACES(call, answer)                               \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4), LOAD(args[0]), \
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 1), RETURN(answer), RETURN(SECCOMP_RET_ALLOW)
#define IF_CALL(call, answer) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), RETURN(answer)
#define IF_MOUNTING(answer)                                                                                \
  IF_CALL(__NR_mount, answer), IF_CALL(__NR_umount2, answer), IF_CALL(__NR_pivot_root, answer),            \
      IF_CALL(__NR_move_mount, answer), IF_CALL(__NR_fsopen, answer), IF_CALL(__NR_mount_setattr, answer), \
      IF_CALL(__NR_open_tree, answer)

#define ERRNO(code) (SECCOMP_RET_ERRNO | (code))
#define DENY_NAMESPACES(answer) \
  IF_NAMESPACES(__NR_clone, answer), IF_NAMESPACES(__NR_unshare, answer), IF_CALL(__NR_clone3, ERRNO(ENOSYS))

static struct sock_filter docker[] = {LOAD(nr), DENY_NAMESPACES(ERRNO(EPERM)),
                                      IF_CALL(__NR_setns, ERRNO(EPERM)), IF_MOUNTING(ERRNO(EPERM)),
                                      RETURN(SECCOMP_RET_ALLOW)};
static struct sock_filter absent[] = {LOAD(nr), DENY_NAMESPACES(ERRNO(ENOSYS)), RETURN(SECCOMP_RET_ALLOW)};
static struct sock_filter kill[] = {LOAD(nr), DENY_NAMESPACES(SECCOMP_RET_KILL_PROCESS),
                                    RETURN(SECCOMP_RET_ALLOW)};
static struct sock_filter mounting[] = {LOAD(nr), IF_MOUNTING(ERRNO(EPERM)), RETURN(SECCOMP_RET_ALLOW)};

#define PROGRAM(name, filter)                \
  {                                          \
    name, {                                  \
      sizeof filter / sizeof *filter, filter \
    }                                        \
  }
static const struct {
  const char* name;
  struct sock_fprog program;
} kinds[] = {PROGRAM("docker", docker), PROGRAM("absent", absent), PROGRAM("kill", kill),
             PROGRAM("mount", mounting)};

int main(int argc, char** argv) {
  for (size_t i = 0; argc > 2 && i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, argv[1]) != 0) continue;
    /* Without CAP_SYS_ADMIN the kernel takes a filter only from who can gain no privileges. */
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &kinds[i].program) != 0 &&
        (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &kinds[i].program) != 0)) {
      perror("filter");
      return 125;
    }
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
  }
  fprintf(stderr, "usage: filter docker|absent|kill|mount COMMAND...\n");
  return 125;
}
