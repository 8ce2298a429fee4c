// System calls for code that shares Node's memory and thread pointer: the C library's wrappers would
// write errno, which belongs to the thread that runs on meanwhile.
#pragma once

#include <sys/syscall.h>

namespace nskit {

#if defined(__x86_64__)

inline long RawSyscall(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__)

inline long RawSyscall(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
}

#else
#error "nskit supports x86-64 and arm64"
#endif

inline long RawSyscall(long number, const void* a, const void* b, const void* c) {
  return RawSyscall(number, reinterpret_cast<long>(a), reinterpret_cast<long>(b), reinterpret_cast<long>(c));
}

}  // namespace nskit
