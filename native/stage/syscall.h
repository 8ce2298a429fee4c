// Syscalls without a C library: one function each, the result or a negative errno.
#pragma once

#include <asm/unistd.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

namespace nskit {

#if defined(__x86_64__)
inline long Syscall(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
inline long Syscall(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#else
#error "the stage knows x86-64 and arm64"
#endif

inline long Arg(const void* pointer) {
  return reinterpret_cast<long>(pointer);
}

// clone(2) whose child goes on in `entry(argument)` on `stack` (its top), or with stack 0 as fork(2): then
// the call returns 0 in the child. The arguments are those of the raw syscall, in the order of this
// architecture.
extern "C" long nskit_clone(unsigned long flags, void* stack, int32_t* parent_tid, void (*entry)(void*),
                            void* argument);

constexpr int kAtFdCwd = -100;

// Numbers and layouts that the C library's headers would give.
constexpr int kErrPerm = 1;
constexpr int kErrIntr = 4;
constexpr int kErrIo = 5;
constexpr int kErrAgain = 11;
constexpr int kErrNoSys = 38;

constexpr int kOpenReadOnly = 0;
constexpr int kOpenReadWrite = 2;
constexpr int kOpenWriteOnly = 1;
constexpr int kOpenCloseOnExec = 02000000;
#if defined(__x86_64__)
constexpr int kOpenDirectory = 0200000;
#else
constexpr int kOpenDirectory = 040000;
#endif
constexpr int kOpenPath = 010000000;

constexpr int kDupCloseOnExec = 1030;   // F_DUPFD_CLOEXEC
constexpr int kSetDescriptorFlags = 2;  // F_SETFD
constexpr int kCloseOnExec = 1;         // FD_CLOEXEC

constexpr int kUnix = 1;           // AF_UNIX
constexpr int kDatagram = 2;       // SOCK_DGRAM
constexpr int kNoSignal = 0x4000;  // MSG_NOSIGNAL
constexpr int kSetMask = 2;        // SIG_SETMASK
constexpr size_t kSignalSetSize = 8;
constexpr int kProtReadWrite = 3;

constexpr short kPollIn = 1;
constexpr short kPollHangUp = 16;
struct PollFd {
  int fd;
  short events;
  short revents;
};

struct Timespec {
  int64_t seconds;
  int64_t nanoseconds;
};

// ppoll(2) without a signal mask; waits for ever unless `now`.
inline long Poll(PollFd* fds, unsigned count, bool now) {
  Timespec zero = {0, 0};
  long result;
  do {
    result = Syscall(__NR_ppoll, Arg(fds), count, now ? Arg(&zero) : 0, 0, 0);
  } while (result == -kErrIntr);
  return result;
}

inline void Close(int fd) {
  Syscall(__NR_close, fd);
}

[[noreturn]] inline void Leave(int status) {
  Syscall(__NR_exit_group, status);
  // The command's seccomp filter refused it: without this a refused exec would never end.
  __builtin_trap();
}

inline long Wait(int pid, int* status) {
  long result;
  do {
    result = Syscall(__NR_wait4, pid, Arg(status), 0, 0);
  } while (result == -kErrIntr);
  return result;
}

inline long Kill(int pid, int signal) {
  return Syscall(__NR_kill, pid, signal);
}

inline size_t Length(const char* text) {
  size_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

}  // namespace nskit
