// What keeps a prebuilt addon loadable on glibc 2.28, whichever newer one it is linked with. A source build
// does without: it runs on the glibc that it was linked with.
//
// A linker takes a symbol's newest version. So binding.gyp has it call __wrap_NAME for NAME, also in
// libstdc++ and libgcc, which are linked in. scripts/prebuilds/inspect.mjs names what is missing here.

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#define SETNAME "GLIBC_2.12"
#elif defined(__aarch64__)
#define OLDEST "GLIBC_2.17"
#define SETNAME "GLIBC_2.17"
#else
#error "no prebuilt addon for this architecture"
#endif

// The same function under its older version. Before 2.34 libpthread and libdl had them: both are linked by
// node, and a lookup asks for name and version alone, not for the library.
#define OLDER(version, name, parameters, arguments)       \
  __asm__(".symver older_" #name ", " #name "@" version); \
  extern "C" int older_##name parameters;                 \
  extern "C" int __wrap_##name parameters {               \
    return older_##name arguments;                        \
  }

// 2.34 moved them into libc.so.6.
OLDER(OLDEST, dladdr, (const void* address, Dl_info* info), (address, info))
OLDER(OLDEST, pthread_create,
      (pthread_t * thread, const pthread_attr_t* attributes, void* (*start)(void*), void* argument),
      (thread, attributes, start, argument))
OLDER(OLDEST, pthread_join, (pthread_t thread, void** result), (thread, result))
OLDER(OLDEST, pthread_once, (pthread_once_t * once, void (*call)(void)), (once, call))
OLDER(OLDEST, __pthread_key_create, (pthread_key_t * key, void (*destroy)(void*)), (key, destroy))
OLDER(SETNAME, pthread_setname_np, (pthread_t thread, const char* name), (thread, name))
// 2.32 did so with this one.
OLDER(OLDEST, pthread_sigmask, (int how, const sigset_t* set, sigset_t* before), (how, set, before))

// 2.33: an inline function before. On these architectures the kernel's struct stat is glibc's.
extern "C" int __wrap_fstat64(int fd, struct stat64* status) {
  return static_cast<int>(syscall(SYS_fstat, fd, status));
}

// 2.32: whether libstdc++ may count references without atomic operations. In Node there are always threads.
extern "C" __attribute__((visibility("hidden"))) char __libc_single_threaded;
char __libc_single_threaded = 0;

// 2.35: how libgcc's unwinder finds a frame. Nothing here catches an exception: one of libstdc++'s ends the
// process, with a frame to unwind to or without.
struct dl_find_object;
extern "C" int __wrap__dl_find_object(void*, struct dl_find_object*) {
  return -1;
}
