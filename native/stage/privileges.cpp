// What the command may do: its capabilities, limits, keyring and system calls.

#include <linux/capability.h>
#include <linux/seccomp.h>

#include "stage.h"

namespace nskit {
namespace {

// prctl(2)
constexpr int kSetKeepCapabilities = 8;  // PR_SET_KEEPCAPS
constexpr int kReadBounding = 23;        // PR_CAPBSET_READ
constexpr int kDropFromBounding = 24;    // PR_CAPBSET_DROP
constexpr int kSetNoNewPrivileges = 38;  // PR_SET_NO_NEW_PRIVS
constexpr int kAmbient = 47;             // PR_CAP_AMBIENT
constexpr int kAmbientRaise = 2;         // PR_CAP_AMBIENT_RAISE
constexpr int kAmbientClearAll = 4;      // PR_CAP_AMBIENT_CLEAR_ALL

constexpr int kJoinSessionKeyring = 1;  // KEYCTL_JOIN_SESSION_KEYRING

constexpr unsigned kCapabilityBits = 64;

struct CapabilityHalves {
  uint32_t effective;
  uint32_t permitted;
  uint32_t inheritable;
};
static_assert(sizeof(CapabilityHalves) == sizeof(__user_cap_data_struct), "capset(2)");

struct CapabilityWords {
  uint64_t permitted;
  uint64_t effective;
  uint64_t inheritable;
  uint64_t ambient;
};
static_assert(sizeof(CapabilityWords) == kCapabilityWords * sizeof(uint32_t), "SetCapabilities");

struct Limit {
  uint32_t resource;
  uint32_t unused;
  uint64_t soft;
  uint64_t hard;
};
static_assert(sizeof(Limit) == 24, "SetLimits");

// struct sock_fprog
struct Program {
  unsigned short count;
  const void* instructions;
};

__user_cap_header_struct CapabilityHeader() {
  return {_LINUX_CAPABILITY_VERSION_3, 0};
}

bool Has(uint64_t set, unsigned bit) {
  return (set >> bit & 1) != 0;
}

// 1 + the first capability that is wanted and not held; 0 where the reason is another.
uint32_t FirstMissing(uint64_t wanted) {
  __user_cap_header_struct header = CapabilityHeader();
  CapabilityHalves halves[2] = {};
  if (Syscall(__NR_capget, Arg(&header), Arg(halves)) < 0) return 0;
  const uint64_t held = uint64_t{halves[1].permitted} << 32 | halves[0].permitted;
  for (unsigned bit = 0; bit < kCapabilityBits; bit++) {
    if (Has(wanted & ~held, bit)) return bit + 1;
  }
  return 0;
}

// The kernel takes no capability into the ambient set that it does not know, where capset(2) would drop it
// without a word.
Outcome SetAmbient(uint64_t wanted) {
  const long cleared = Syscall(__NR_prctl, kAmbient, kAmbientClearAll, 0, 0, 0);
  if (cleared < 0) return {cleared, 0};
  for (unsigned bit = 0; bit < kCapabilityBits; bit++) {
    if (!Has(wanted, bit)) continue;
    const long raised = Syscall(__NR_prctl, kAmbient, kAmbientRaise, bit, 0, 0);
    if (raised < 0) return {raised, bit + 1};
  }
  return {0, 0};
}

// A soft limit stays as it is: nothing of the set-up shall meet the new one.
long RaiseHard(const Limit& limit) {
  struct {
    uint64_t soft;
    uint64_t hard;
  } now;
  const long result = Syscall(__NR_prlimit64, 0, limit.resource, 0, Arg(&now));
  if (result < 0 || now.hard >= limit.hard) return result;
  now.hard = limit.hard;
  return Syscall(__NR_prlimit64, 0, limit.resource, Arg(&now), 0);
}

}  // namespace

Outcome SetLimits(const Stage& stage, const PlanStep& step) {
  const auto* limits = reinterpret_cast<const Limit*>(stage.plan + step.data);
  for (uint32_t i = 0; i < static_cast<uint64_t>(step.number); i++) {
    const long result = step.flags == kHardOnly
                            ? RaiseHard(limits[i])
                            : Syscall(__NR_prlimit64, 0, limits[i].resource, Arg(&limits[i].soft), 0);
    if (result < 0) return {result, i + 1};
  }
  return {0, 0};
}

Outcome DropBounding(uint64_t keep) {
  for (unsigned bit = 0; bit < kCapabilityBits; bit++) {
    const long held = Syscall(__NR_prctl, kReadBounding, bit, 0, 0, 0);
    if (held < 0) break;  // EINVAL: behind the last one that this kernel knows
    if (held == 0 || Has(keep, bit)) continue;
    const long dropped = Syscall(__NR_prctl, kDropFromBounding, bit, 0, 0, 0);
    if (dropped < 0) return {dropped, bit + 1};
  }
  return {0, 0};
}

long KeepCapabilities() {
  return Syscall(__NR_prctl, kSetKeepCapabilities, 1, 0, 0, 0);
}

Outcome SetCapabilities(const Stage& stage, const PlanStep& step) {
  const auto* wanted = reinterpret_cast<const CapabilityWords*>(stage.plan + step.data);
  __user_cap_header_struct header = CapabilityHeader();
  CapabilityHalves halves[2];
  for (int half = 0; half < 2; half++) {
    const int shift = half * 32;
    halves[half] = {static_cast<uint32_t>(wanted->effective >> shift),
                    static_cast<uint32_t>(wanted->permitted >> shift),
                    static_cast<uint32_t>(wanted->inheritable >> shift)};
  }
  const long result = Syscall(__NR_capset, Arg(&header), Arg(halves));
  if (result < 0) return {result, FirstMissing(wanted->permitted)};
  return SetAmbient(wanted->ambient);
}

long SetNoNewPrivileges() {
  return Syscall(__NR_prctl, kSetNoNewPrivileges, 1, 0, 0, 0);
}

long KeepOnlyKill() {
  __user_cap_header_struct header = CapabilityHeader();
  CapabilityHalves halves[2] = {};
  const long read = Syscall(__NR_capget, Arg(&header), Arg(halves));
  if (read < 0) return read;
  const uint32_t kept = halves[0].permitted & (1u << CAP_KILL);
  halves[0] = {kept, kept, 0};
  halves[1] = {};
  const long dropped = Syscall(__NR_capset, Arg(&header), Arg(halves));
  return dropped < 0 ? dropped : SetNoNewPrivileges();
}

long JoinNewKeyring() {
  return Syscall(__NR_keyctl, kJoinSessionKeyring, 0);
}

long InstallFilter(const Stage& stage, const PlanStep& step) {
  const Program program = {static_cast<unsigned short>(step.number), At(stage, step.data)};
  return Syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, step.flags, Arg(&program));
}

}  // namespace nskit
