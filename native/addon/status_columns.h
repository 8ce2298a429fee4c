// A process's status as a row of eight-byte slots: what the parser fills in and JavaScript reads.
//
// X(column, slots). Numbers are doubles, NaN where the kernel prints no such line; masks are 64-bit
// integers. The same table stands in lib/status/columns.ts; test/status/columns.test.ts compares them.
#pragma once

#include <stddef.h>

namespace nskit {

#define NSKIT_STATUS_COLUMNS(X)                                                     \
  X(text, 2)  /* of the process in the bytes of all: offset, length */              \
  X(name, 1)  /* texts: an index of strings, which holds each once */               \
  X(state, 1) /* the letter's code */                                               \
  X(umask, 1)                                                                       \
  X(tgid, 1)                                                                        \
  X(ngid, 1)                                                                        \
  X(pid, 1)                                                                         \
  X(ppid, 1)                                                                        \
  X(tracerPid, 1)                                                                   \
  X(uid, 4) /* real, effective, saved, filesystem */                                \
  X(gid, 4)                                                                         \
  X(fdSize, 1)                                                                      \
  X(groups, 2) /* lists are in the pool of numbers: index, count */                 \
  X(nsTgid, 2)                                                                      \
  X(nsPid, 2)                                                                       \
  X(nsPgid, 2)                                                                      \
  X(nsSid, 2)                                                                       \
  X(kernelThread, 1)                                                                \
  X(memory, 2) /* pairs of an index of strings and KiB; index, count of pairs */    \
  X(coreDumping, 1)                                                                 \
  X(thpEnabled, 1)                                                                  \
  X(untagMask, 2) /* presence as 0 or NaN, then the mask */                         \
  X(threads, 1)                                                                     \
  X(signalQueue, 2) /* queued, limit */                                             \
  X(pending, 2)     /* masks of signals: low and high half; MIPS has 128 signals */ \
  X(sharedPending, 2)                                                               \
  X(blocked, 2)                                                                     \
  X(ignored, 2)                                                                     \
  X(caught, 2)                                                                      \
  X(capInheritable, 1)                                                              \
  X(capPermitted, 1)                                                                \
  X(capEffective, 1)                                                                \
  X(capBounding, 1)                                                                 \
  X(capAmbient, 1)                                                                  \
  X(noNewPrivs, 1)                                                                  \
  X(seccomp, 1)                                                                     \
  X(seccompFilters, 1)                                                              \
  X(speculationStoreBypass, 1)                                                      \
  X(speculationIndirectBranch, 1)                                                   \
  X(cpusAllowed, 1)                                                                 \
  X(cpusAllowedList, 1)                                                             \
  X(memsAllowed, 1)                                                                 \
  X(memsAllowedList, 1)                                                             \
  X(voluntaryContextSwitches, 1)                                                    \
  X(nonvoluntaryContextSwitches, 1)                                                 \
  X(x86ThreadFeatures, 1)                                                           \
  X(x86ThreadFeaturesLocked, 1)

struct StatusColumn {
  const char* name;
  size_t width;
};

#define NSKIT_COLUMN(name, width) {#name, width},
constexpr StatusColumn kStatusColumns[] = {NSKIT_STATUS_COLUMNS(NSKIT_COLUMN)};
#undef NSKIT_COLUMN

// Each enumerator is its column's first slot: the one before it, and its width, further.
namespace status_slot {
#define NSKIT_SLOT(name, width) name, name##_end = name + width - 1,
enum : size_t { NSKIT_STATUS_COLUMNS(NSKIT_SLOT) kCount };
#undef NSKIT_SLOT
}  // namespace status_slot

}  // namespace nskit
