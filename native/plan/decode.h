// Checks a plan before anything of it is believed. Shared by the stage and by the tests, which build it
// hosted.
//
// What the stage writes to (lists that become pointers, descriptor pairs, the mapper's pid) must lie behind
// the steps, each block behind the one before, as the encoder lays them out. Else one write could undo what
// was checked of another: a list that two steps share would be relocated twice.
#pragma once

#include "format.h"

namespace nskit {

// Sees a plan of `size` bytes; says whether every offset, count and string of it stays inside.
class PlanChecker {
 public:
  PlanChecker(const unsigned char* bytes, uint64_t size) : bytes_(bytes), size_(size) {}

  bool Check() {
    if (size_ < sizeof(PlanHeader) + 1 || size_ > kMaxPlanSize) return false;
    const auto* header = reinterpret_cast<const PlanHeader*>(bytes_);
    if (header->magic != kPlanMagic || header->version != kPlanVersion || header->size != size_) return false;
    if (header->step_count == 0 || header->step_count > kMaxSteps) return false;
    if ((header->flags & ~(kFollowsParent | kBornInCgroup)) != 0 || header->report_fd < 0) return false;
    if (size_ < sizeof(PlanHeader) + uint64_t{header->step_count} * sizeof(PlanStep) + 1) return false;
    // With this every string that begins inside also ends inside.
    if (bytes_[size_ - 1] != 0) return false;
    const auto* steps = reinterpret_cast<const PlanStep*>(bytes_ + sizeof(PlanHeader));
    data_ = sizeof(PlanHeader) + uint64_t{header->step_count} * sizeof(PlanStep);
    free_ = data_;
    for (uint32_t i = 0; i < header->step_count; i++) {
      // The stage must not run off the end of its plan, and Node takes an exec before the end for a failure.
      const bool last = i == header->step_count - 1;
      if (IsEnd(static_cast<Op>(steps[i].op)) != last || !CheckStep(steps[i])) return false;
    }
    return true;
  }

 private:
  static bool IsEnd(Op op) { return op == Op::Exec || op == Op::Hold || op == Op::Leave; }

  static bool NamesNamespaces(uint32_t flags) { return flags != 0 && (flags & ~kNamespaceFlags) == 0; }

  // To the kernel, -1 as an id means "leave it as it is".
  static bool IsId(int64_t number) { return number >= 0 && number < UINT32_MAX; }

  bool CheckStep(const PlanStep& step) {
    switch (static_cast<Op>(step.op)) {
      case Op::OpenNull:
      case Op::OpenProc:
      case Op::StartHelper:
      case Op::LoopbackUp:
      case Op::NewSession:
      case Op::DieWithParent:
      case Op::Hold:
      case Op::Leave:
      case Op::PivotRoot:
      case Op::NewKeyring:
      case Op::DropBounding:
      case Op::KeepCapabilities:
      case Op::NoNewPrivileges:
        return step.flags == 0;
      case Op::JoinFd:
        return NamesNamespaces(step.flags) && step.number >= 0 && step.number <= INT32_MAX;
      case Op::JoinPid:
        return NamesNamespaces(step.flags) && step.number > 0 && step.number <= INT32_MAX;
      case Op::Unshare:
        return NamesNamespaces(step.flags);
      case Op::WriteProcFile:
        return step.flags <= kByHelper && String(step.data) && Bytes(step.more, step.more_size);
      case Op::RunMapper:
        // argv[1] is where the stage writes a pid: up to ten digits and a NUL.
        return step.flags == 0 && List(step.data, step.data_size, 1) && List(step.more, step.more_size, 2) &&
               Take(Slot(step.more, 1), 11);
      case Op::SetGroups:
        return step.flags <= kIfAllowed && Words(step, 1);
      case Op::BecomeRoot:
        return step.flags == 0;
      case Op::SetLoginUid:
      case Op::SetGid:
      case Op::SetUid:
        return step.flags == 0 && IsId(step.number);
      case Op::SetHostname:
      case Op::SetDomainname:
        return step.flags == 0 && step.data_size >= 1 && String(step.data) &&
               Bytes(step.data, step.data_size);
      case Op::Mount:
        return step.flags == 0 && List(step.data, step.data_size, 4);
      case Op::Fork:
      case Op::StartInit:
        return step.flags <= kShareMemory;
      case Op::ChangeDirectory:
      case Op::MaskPath:
      case Op::EnterCgroup:
        return step.flags == 0 && String(step.data);
      case Op::Descriptors:
        return step.flags == 0 && Words(step, 2);
      case Op::Exec:
        return CheckExec(step);
      case Op::Netlink:
        // A netlink header and the four bytes before the index of a link, then the index.
        return step.flags <= kMayExist && step.data_size >= 24 && step.data_size <= kMaxNetlink &&
               step.data % 4 == 0 && Take(step.data, step.data_size) && (step.more == 0 || String(step.more));
      case Op::NewRoot:
        return step.flags >= kRootTmpfs && step.flags <= kRootDirectory && String(step.data);
      case Op::OpenTree:
        return step.flags <= (kRecursive | kIdmapped) && step.number >= 0 && String(step.data) &&
               step.more_size < kMaxTrees && Open(step.more_size);
      case Op::AttachTree:
        return step.flags <= kMayCreate && step.number >= 0 && step.number < kMaxTrees && String(step.data) &&
               Attach(static_cast<uint32_t>(step.number));
      case Op::MountAt:
        return step.flags <= kMayCreate && List(step.data, step.data_size, 4);
      case Op::SetAttributes:
        return step.flags <= (kRecursive | kBindSelf | kIfPresent) && step.number >= 0 && String(step.data);
      case Op::MakeSymlink:
        return step.flags == 0 && String(step.data) && String(step.more);
      case Op::WriteFile:
        return step.flags <= kMayCreate && step.number >= 0 && step.number <= 07777 && String(step.data) &&
               Bytes(step.more, step.more_size);
      case Op::MakeDirectory:
        return step.flags == 0 && step.number >= 0 && step.number <= 07777 && String(step.data);
      case Op::MakeUserNamespace:
        return step.flags == 0 && Bytes(step.data, step.data_size) && Bytes(step.more, step.more_size);
      case Op::SetLimits:
        return step.flags <= kHardOnly && step.data % 8 == 0 && Words(step, 6);
      case Op::SetCapabilities:
        return step.flags == 0 && step.number == kCapabilityWords && step.data % 8 == 0 && Words(step, 1);
      case Op::Seccomp:
        return step.number > 0 && step.number <= kMaxFilter && step.data % 8 == 0 && Words(step, 2);
    }
    return false;
  }

  bool CheckExec(const PlanStep& step) {
    if (step.flags > kInheritEnvironment) return false;
    if (step.flags == kInheritEnvironment) {
      if (step.number != 0) return false;
    } else if (step.number < 0 || !EndlessList(static_cast<uint64_t>(step.number))) {
      return false;
    }
    return List(step.data, step.data_size, 1) && List(step.more, step.more_size, 1);
  }

  bool Bytes(uint64_t offset, uint64_t size) const {
    return offset >= data_ && offset <= size_ && size <= size_ - offset;
  }

  bool String(uint64_t offset) const { return offset >= data_ && offset < size_; }

  uint64_t Slot(uint64_t offset, uint64_t index) const {
    return *reinterpret_cast<const uint64_t*>(bytes_ + offset + index * 8);
  }

  // A block that the stage writes to: behind all those before.
  bool Take(uint64_t offset, uint64_t size) {
    if (offset < free_ || !Bytes(offset, size)) return false;
    free_ = offset + size;
    return true;
  }

  // Exactly `count` strings and the 0 that ends them.
  bool List(uint64_t offset, uint64_t count, uint64_t least) {
    if (count < least || count > kMaxPlanSize / 8 || offset % 8 != 0) return false;
    if (!Take(offset, (count + 1) * 8) || Slot(offset, count) != 0) return false;
    for (uint64_t i = 0; i < count; i++) {
      if (!String(Slot(offset, i))) return false;
    }
    return true;
  }

  // Ended by its 0 alone.
  bool EndlessList(uint64_t offset) {
    if (offset % 8 != 0) return false;
    for (;; offset += 8) {
      if (!Take(offset, 8)) return false;
      const uint64_t slot = Slot(offset, 0);
      if (slot == 0) return true;
      if (!String(slot)) return false;
    }
  }

  // A slot is opened, then attached, and may be opened again: else a descriptor would be lost, or be
  // anybody's.
  bool Open(uint32_t slot) {
    const uint64_t bit = uint64_t{1} << slot % 64;
    if ((opened_[slot / 64] & bit) != 0) return false;
    opened_[slot / 64] |= bit;
    return true;
  }

  bool Attach(uint32_t slot) {
    const uint64_t bit = uint64_t{1} << slot % 64;
    if ((opened_[slot / 64] & bit) == 0) return false;
    opened_[slot / 64] &= ~bit;
    return true;
  }

  // `number` entries of `width` words.
  bool Words(const PlanStep& step, uint64_t width) {
    if (step.number < 0 || step.number > 1 << 20) return false;
    const uint64_t size = static_cast<uint64_t>(step.number) * width * 4;
    return step.data_size == size && step.data % 4 == 0 && (size == 0 || Take(step.data, size));
  }

  const unsigned char* bytes_;
  uint64_t size_;
  uint64_t data_ = 0;  // where the steps end
  uint64_t free_ = 0;  // where the last block that is written to ends
  uint64_t opened_[kMaxTrees / 64] = {};
};

}  // namespace nskit
