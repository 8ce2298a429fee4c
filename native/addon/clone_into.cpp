// Raw clone3(2): the C library has no wrapper for callers, as one that returns in the child on another stack
// cannot be written in C.

#include "clone_into.h"

#include <linux/sched.h>
#include <signal.h>
#include <stddef.h>

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL  // 5.7
#endif

namespace {

// struct clone_args as of 5.7; the headers of a builder may be older.
struct CloneArguments {
  uint64_t flags;
  uint64_t pidfd;
  uint64_t child_tid;
  uint64_t parent_tid;
  uint64_t exit_signal;
  uint64_t stack;
  uint64_t stack_size;
  uint64_t tls;
  uint64_t set_tid;
  uint64_t set_tid_size;
  uint64_t cgroup;
};
static_assert(sizeof(CloneArguments) == 88, "CLONE_ARGS_SIZE_VER2");

// The kernel takes the lowest address and adds the size: any piece below the top will do.
constexpr size_t kPiece = 4096;

}  // namespace

extern "C" long nskit_clone3(const void* arguments, size_t size, int (*run)(void*), void* argument);

#if defined(__x86_64__)
// rdi arguments, rsi size, rdx run, rcx argument; the syscall itself destroys rcx.
__asm__(
    ".text\n"
    ".hidden nskit_clone3\n"
    ".globl nskit_clone3\n"
    ".type nskit_clone3, @function\n"
    "nskit_clone3:\n"
    "  mov %rcx, %r8\n"
    "  mov $435, %eax\n"
    "  syscall\n"
    "  test %rax, %rax\n"
    "  jnz 1f\n"
    "  xor %ebp, %ebp\n"
    "  mov %r8, %rdi\n"
    "  call *%rdx\n"
    "  hlt\n"
    "1:\n"
    "  ret\n"
    ".size nskit_clone3, . - nskit_clone3\n");
#elif defined(__aarch64__)
// x0 arguments, x1 size, x2 run, x3 argument: kept but for x0.
__asm__(
    ".text\n"
    ".hidden nskit_clone3\n"
    ".globl nskit_clone3\n"
    ".type nskit_clone3, @function\n"
    "nskit_clone3:\n"
    "  mov x8, #435\n"
    "  svc #0\n"
    "  cbnz x0, 1f\n"
    "  mov x29, #0\n"
    "  mov x30, #0\n"
    "  mov x0, x3\n"
    "  blr x2\n"
    "  brk #1\n"
    "1:\n"
    "  ret\n"
    ".size nskit_clone3, . - nskit_clone3\n");
#else
#error "nskit supports x86-64 and arm64"
#endif

namespace nskit {

pid_t CloneInto(const CloneOrder& order) {
  CloneArguments arguments = {};
  arguments.flags = CLONE_VM | CLONE_PIDFD | CLONE_CHILD_CLEARTID | CLONE_INTO_CGROUP;
  arguments.pidfd = reinterpret_cast<uint64_t>(order.pidfd);
  arguments.child_tid = reinterpret_cast<uint64_t>(order.tid);
  arguments.exit_signal = SIGCHLD;
  arguments.stack = reinterpret_cast<uint64_t>(order.stack_top - kPiece);
  arguments.stack_size = kPiece;
  arguments.cgroup = static_cast<uint64_t>(order.cgroup);
  return static_cast<pid_t>(nskit_clone3(&arguments, sizeof arguments, order.run, order.argument));
}

}  // namespace nskit
