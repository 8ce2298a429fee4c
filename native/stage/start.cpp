// Where the kernel enters the stage, and what a compiler expects of a C library. No libc: start-up costs a
// third of a millisecond with a static glibc, and everything here would have to be audited.

#include "syscall.h"

extern "C" {

#if defined(__x86_64__)
// The stack holds argc, argv, NULL, envp, NULL (System V ABI, AMD64, 3.4.1).
__asm__(
    ".globl _start\n"
    "_start:\n"
    "  xor %ebp, %ebp\n"
    "  mov %rsp, %rdi\n"
    "  and $-16, %rsp\n"
    "  call nskit_main\n"
    "  hlt\n");

// rdi flags, rsi stack, rdx parent_tid, rcx entry, r8 argument. Raw clone takes r10 child_tid and r8 tls,
// which no flag of ours makes it look at, and keeps r8 and r9.
__asm__(
    ".globl nskit_clone\n"
    "nskit_clone:\n"
    "  mov %rcx, %r9\n"
    "  xor %r10d, %r10d\n"
    "  mov $56, %eax\n"
    "  syscall\n"
    "  test %rax, %rax\n"
    "  jnz 1f\n"
    "  test %r9, %r9\n"
    "  jz 1f\n"
    "  xor %ebp, %ebp\n"
    "  mov %r8, %rdi\n"
    "  call *%r9\n"
    "  hlt\n"
    "1:\n"
    "  ret\n");
#elif defined(__aarch64__)
__asm__(
    ".globl _start\n"
    "_start:\n"
    "  mov x29, #0\n"
    "  mov x30, #0\n"
    "  mov x0, sp\n"
    "  bl nskit_main\n"
    "  brk #1\n");

// x0 flags, x1 stack, x2 parent_tid, x3 entry, x4 argument. Raw clone: flags, stack,
// parent_tid, tls, child_tid; it keeps x9 and x10.
__asm__(
    ".globl nskit_clone\n"
    "nskit_clone:\n"
    "  mov x9, x3\n"
    "  mov x10, x4\n"
    "  mov x8, #220\n"
    "  svc #0\n"
    "  cbnz x0, 1f\n"
    "  cbz x9, 1f\n"
    "  mov x29, #0\n"
    "  mov x30, #0\n"
    "  mov x0, x10\n"
    "  blr x9\n"
    "  brk #1\n"
    "1:\n"
    "  ret\n");
#endif

// g++ calls these for copies and initialisers that it does not inline.
void* memcpy(void* to, const void* from, size_t size) {
  auto* target = static_cast<volatile char*>(to);
  const auto* source = static_cast<const char*>(from);
  for (size_t i = 0; i < size; i++) target[i] = source[i];
  return to;
}

void* memset(void* to, int value, size_t size) {
  auto* target = static_cast<volatile char*>(to);
  for (size_t i = 0; i < size; i++) target[i] = static_cast<char>(value);
  return to;
}

}  // extern "C"
