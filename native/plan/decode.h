// Checks a plan before anything of it is believed. Shared by the stage, the addon and the tests, which build it hosted.
#pragma once

#include "format.h"

namespace nskit {

constexpr uint32_t kNamespaceFlags = 0x7e020080;  // every CLONE_NEW*: time, mnt, cgroup, uts, ipc, user, pid, net

// Sees a plan of `size` bytes, aligned to 8; says whether the stage can run it without a look beside it.
class PlanChecker {
 public:
  PlanChecker(const unsigned char* bytes, uint64_t size) : bytes_(bytes), size_(size) {}

  bool Check() {
    if (!CheckHeader()) return false;
    const auto* steps = reinterpret_cast<const PlanStep*>(bytes_ + sizeof(PlanHeader));
    const uint32_t count = Header().step_count;
    written_end_ = sizeof(PlanHeader) + uint64_t{count} * sizeof(PlanStep);
    for (uint32_t i = 0; i < count; i++) {
      // The stage must not run off the end of its plan, and Node takes an exec before the end for a failure.
      if (IsLast(static_cast<Op>(steps[i].op)) != (i == count - 1)) return false;
      if (!CheckOrder(steps[i]) || !CheckStep(steps[i])) return false;
    }
    return true;
  }

 private:
  const PlanHeader& Header() const { return *reinterpret_cast<const PlanHeader*>(bytes_); }

  bool CheckHeader() const {
    if (size_ <= sizeof(PlanHeader) || size_ > kMaxPlanSize) return false;
    const PlanHeader& header = Header();
    if (header.magic != kPlanMagic || header.version != kPlanVersion || header.size != size_) return false;
    if (header.step_count == 0 || header.step_count > kMaxSteps) return false;
    if ((header.flags & ~kFollowsParent) != 0 || header.report_fd < 0) return false;
    if (size_ <= sizeof(PlanHeader) + uint64_t{header.step_count} * sizeof(PlanStep)) return false;
    // With this every string that begins inside also ends inside.
    return bytes_[size_ - 1] == 0;
  }

  static bool IsLast(Op op) { return op == Op::Exec || op == Op::Hold || op == Op::Leave; }

  // Once each, and the helper's work before the process that it works for is left behind.
  bool CheckOrder(const PlanStep& step) {
    switch (static_cast<Op>(step.op)) {
      case Op::StartHelper:
        if (has_helper_ || forked_ || has_init_) return false;
        has_helper_ = true;
        return true;
      case Op::RunMapper:
        return has_helper_ && !forked_ && !has_init_;
      case Op::WriteProcFile:
        return step.flags != kByHelper || (has_helper_ && !forked_ && !has_init_);
      case Op::Fork:
        if (forked_ || has_init_) return false;
        forked_ = true;
        return true;
      case Op::StartInit:
        if (has_init_) return false;
        has_init_ = true;
        return true;
      default:
        return true;
    }
  }

  bool CheckStep(const PlanStep& step) {
    switch (static_cast<Op>(step.op)) {
      case Op::JoinFd:
        return step.number >= 0 && NamesNamespaces(step.flags) && (step.flags & (step.flags - 1)) == 0 &&
               step.number <= INT32_MAX;
      case Op::JoinPid:
        return step.number > 0 && step.number <= INT32_MAX && NamesNamespaces(step.flags);
      case Op::Unshare:
        return NamesNamespaces(step.flags);
      case Op::WriteProcFile:
        return step.flags <= kByHelper && String(step.data) && Bytes(step.more, step.more_size);
      case Op::Fork:
      case Op::StartInit:
        return step.flags <= kShareMemory;
      case Op::Exec:
        return CheckExec(step);
      default:
        return step.flags == 0 && CheckFlagless(step);
    }
  }

  bool CheckFlagless(const PlanStep& step) {
    switch (static_cast<Op>(step.op)) {
      case Op::OpenProc:
      case Op::StartHelper:
      case Op::BecomeRoot:
      case Op::LoopbackUp:
      case Op::NewSession:
      case Op::DieWithParent:
      case Op::Hold:
      case Op::Leave:
        return true;
      case Op::RunMapper:
        // argv[1] is where the stage writes a pid: up to ten digits and a NUL.
        return List(step.data, step.data_size, 1) && List(step.more, step.more_size, 2) &&
               Written(Slot(step.more, 1), 11);
      case Op::SetGroups:
        return Words(step, 1);
      case Op::SetGid:
      case Op::SetUid:
        // 4294967295 is setresuid(2)'s "leave it as it is": a change of ids that silently is none.
        return step.number >= 0 && step.number < UINT32_MAX;
      case Op::SetHostname:
      case Op::SetDomainname:
        return step.data_size >= 1 && Bytes(step.data, step.data_size);
      case Op::Mount:
        return step.data_size == 4 && List(step.data, 4, 4);
      case Op::ChangeDirectory:
        return String(step.data);
      case Op::Descriptors:
        return CheckDescriptors(step);
      default:
        return false;
    }
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

  // Sorted in place by the stage.
  bool CheckDescriptors(const PlanStep& step) {
    if (!Words(step, 2) || !(step.number == 0 || Written(step.data, step.data_size))) return false;
    const auto* numbers = reinterpret_cast<const int32_t*>(bytes_ + step.data);
    for (int64_t i = 0; i < 2 * step.number; i++) {
      if (numbers[i] < 0) return false;
    }
    return true;
  }

  static bool NamesNamespaces(uint32_t flags) { return flags != 0 && (flags & ~kNamespaceFlags) == 0; }

  bool Bytes(uint64_t offset, uint64_t size) const {
    return offset >= sizeof(PlanHeader) && offset <= size_ && size <= size_ - offset;
  }

  bool String(uint64_t offset) const { return offset >= sizeof(PlanHeader) && offset < size_; }

  // What the stage writes to lies behind the steps and apart, or one write would spoil another's checked data. The
  // encoder lays the blocks one after the other: each must begin behind the one before it.
  bool Written(uint64_t offset, uint64_t size) {
    if (offset < written_end_ || !Bytes(offset, size)) return false;
    written_end_ = offset + size;
    return true;
  }

  uint64_t Slot(uint64_t offset, uint64_t index) const {
    return *reinterpret_cast<const uint64_t*>(bytes_ + offset + index * 8);
  }

  // Exactly `count` strings and the 0 that ends them.
  bool List(uint64_t offset, uint64_t count, uint64_t least) {
    if (count < least || count > kMaxPlanSize / 8 || offset % 8 != 0) return false;
    if (!Written(offset, (count + 1) * 8) || Slot(offset, count) != 0) return false;
    for (uint64_t i = 0; i < count; i++) {
      if (!String(Slot(offset, i))) return false;
    }
    return true;
  }

  // Ended by its 0 alone.
  bool EndlessList(uint64_t offset) {
    if (offset % 8 != 0 || offset < written_end_) return false;
    for (;; offset += 8) {
      if (!Bytes(offset, 8)) return false;
      const uint64_t slot = Slot(offset, 0);
      if (slot == 0) return Written(offset, 8);
      if (!String(slot)) return false;
    }
  }

  // `number` entries of `width` words.
  bool Words(const PlanStep& step, uint64_t width) const {
    if (step.number < 0 || step.number > kMaxPlanSize) return false;
    const uint64_t size = static_cast<uint64_t>(step.number) * width * 4;
    return step.data_size == size && step.data % 4 == 0 && (size == 0 || Bytes(step.data, size));
  }

  const unsigned char* bytes_;
  uint64_t size_;
  uint64_t written_end_ = 0;
  bool has_helper_ = false;
  bool forked_ = false;
  bool has_init_ = false;
};

}  // namespace nskit
