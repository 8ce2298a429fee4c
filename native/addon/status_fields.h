// The lines of /proc/PID/status that have a column, and what their values are.
#pragma once

#include <stdint.h>

#include <string_view>

#include "status_columns.h"

namespace nskit {

enum class StatusKind : uint8_t {
  Number,
  Octal,
  Letter,
  Quad,
  List,
  Pair,
  SignalMask,
  CapabilityMask,
  AddressMask,
  Text
};

struct StatusField {
  std::string_view key;
  StatusKind kind;
  size_t slot;
};

// In the kernel's order (fs/proc/array.c and what it calls), older kernels' lines where they stood.
constexpr StatusField kStatusFields[] = {
    {"Name", StatusKind::Text, status_slot::name},
    {"Umask", StatusKind::Octal, status_slot::umask},
    {"State", StatusKind::Letter, status_slot::state},
    {"Tgid", StatusKind::Number, status_slot::tgid},
    {"Ngid", StatusKind::Number, status_slot::ngid},
    {"Pid", StatusKind::Number, status_slot::pid},
    {"PPid", StatusKind::Number, status_slot::ppid},
    {"TracerPid", StatusKind::Number, status_slot::tracerPid},
    {"Uid", StatusKind::Quad, status_slot::uid},
    {"Gid", StatusKind::Quad, status_slot::gid},
    {"FDSize", StatusKind::Number, status_slot::fdSize},
    {"Groups", StatusKind::List, status_slot::groups},
    {"NStgid", StatusKind::List, status_slot::nsTgid},
    {"NSpid", StatusKind::List, status_slot::nsPid},
    {"NSpgid", StatusKind::List, status_slot::nsPgid},
    {"NSsid", StatusKind::List, status_slot::nsSid},
    {"Kthread", StatusKind::Number, status_slot::kernelThread},
    {"CoreDumping", StatusKind::Number, status_slot::coreDumping},
    {"THP_enabled", StatusKind::Number, status_slot::thpEnabled},
    {"untag_mask", StatusKind::AddressMask, status_slot::untagMask},
    {"Threads", StatusKind::Number, status_slot::threads},
    {"SigQ", StatusKind::Pair, status_slot::signalQueue},
    {"SigPnd", StatusKind::SignalMask, status_slot::pending},
    {"ShdPnd", StatusKind::SignalMask, status_slot::sharedPending},
    {"SigBlk", StatusKind::SignalMask, status_slot::blocked},
    {"SigIgn", StatusKind::SignalMask, status_slot::ignored},
    {"SigCgt", StatusKind::SignalMask, status_slot::caught},
    {"CapInh", StatusKind::CapabilityMask, status_slot::capInheritable},
    {"CapPrm", StatusKind::CapabilityMask, status_slot::capPermitted},
    {"CapEff", StatusKind::CapabilityMask, status_slot::capEffective},
    {"CapBnd", StatusKind::CapabilityMask, status_slot::capBounding},
    {"CapAmb", StatusKind::CapabilityMask, status_slot::capAmbient},
    {"NoNewPrivs", StatusKind::Number, status_slot::noNewPrivs},
    {"Seccomp", StatusKind::Number, status_slot::seccomp},
    {"Seccomp_filters", StatusKind::Number, status_slot::seccompFilters},
    {"Speculation_Store_Bypass", StatusKind::Text, status_slot::speculationStoreBypass},
    {"SpeculationIndirectBranch", StatusKind::Text, status_slot::speculationIndirectBranch},
    {"Cpus_allowed", StatusKind::Text, status_slot::cpusAllowed},
    {"Cpus_allowed_list", StatusKind::Text, status_slot::cpusAllowedList},
    {"Mems_allowed", StatusKind::Text, status_slot::memsAllowed},
    {"Mems_allowed_list", StatusKind::Text, status_slot::memsAllowedList},
    {"voluntary_ctxt_switches", StatusKind::Number, status_slot::voluntaryContextSwitches},
    {"nonvoluntary_ctxt_switches", StatusKind::Number, status_slot::nonvoluntaryContextSwitches},
    {"x86_Thread_features", StatusKind::Text, status_slot::x86ThreadFeatures},
    {"x86_Thread_features_locked", StatusKind::Text, status_slot::x86ThreadFeaturesLocked},
};
constexpr size_t kStatusFieldCount = sizeof(kStatusFields) / sizeof(kStatusFields[0]);
static_assert(kStatusFieldCount <= 64, "one bit of `seen` each");

// For the error about a value that is none.
inline const char* Expected(StatusKind kind) {
  switch (kind) {
    case StatusKind::Octal:
      return "expected an octal number";
    case StatusKind::Letter:
      return "expected a letter and what it stands for";
    case StatusKind::Quad:
      return "expected four ids";
    case StatusKind::List:
      return "expected ids with blanks between them";
    case StatusKind::Pair:
      return "expected number/number";
    case StatusKind::SignalMask:
    case StatusKind::CapabilityMask:
    case StatusKind::AddressMask:
      return "expected a hexadecimal mask";
    default:
      return "expected a decimal number";
  }
}

// The lines in kB: their number differs from kernel to kernel.
inline bool IsMemory(std::string_view key) {
  return key.substr(0, 2) == "Vm" || key.substr(0, 3) == "Rss" || key == "HugetlbPages";
}

}  // namespace nskit
