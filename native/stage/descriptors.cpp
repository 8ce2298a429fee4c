// Gives the command its descriptors, these and no others.

#include "stage.h"

namespace nskit {
namespace {

constexpr unsigned kEnd = ~0u;
constexpr int kErrBadDescriptor = 9;
constexpr int kLastStandard = 2;
constexpr int kGetStatusFlags = 3;   // F_GETFL
constexpr int kSetStatusFlags = 4;   // F_SETFL
constexpr int kNonBlocking = 04000;  // O_NONBLOCK

struct Pair {
  int32_t target;
  int32_t source;
};

long CloseRange(unsigned from, unsigned to) {
  if (from > to) return 0;
  return Syscall(__NR_close_range, from, to, 0);
}

bool IsKept(int fd, const Pair* pairs, int64_t count, int report_fd) {
  if (fd == report_fd) return true;
  for (int64_t i = 0; i < count; i++) {
    if (pairs[i].target == fd) return true;
  }
  return false;
}

// The gaps between the kept numbers, in rising order. The kept are few: no need to sort them.
long CloseOthers(const Pair* pairs, int64_t count, int report_fd) {
  unsigned from = 0;
  for (;;) {
    unsigned next = kEnd;
    if (static_cast<unsigned>(report_fd) >= from) next = static_cast<unsigned>(report_fd);
    for (int64_t i = 0; i < count; i++) {
      const auto target = static_cast<unsigned>(pairs[i].target);
      if (target >= from && target < next) next = target;
    }
    if (next == kEnd) return CloseRange(from, kEnd);
    if (next > from) {
      const long result = CloseRange(from, next - 1);
      if (result < 0) return result;
    }
    from = next + 1;
  }
}

bool IsOwn(const Stage& stage, int fd) {
  return fd >= 0 && (fd == stage.report_fd || fd == stage.proc_fd || fd == stage.null_fd ||
                     fd == stage.witness_fd || fd == stage.map_fd);
}

// Node makes the pipes that it writes to non-blocking, for all who have them, and programs take a standard
// stream for a blocking one: cat would end with EAGAIN where a reader is slow. libuv takes it back as well.
void MakeBlocking(int fd) {
  const long flags = Syscall(__NR_fcntl, fd, kGetStatusFlags, 0);
  if (flags >= 0 && (flags & kNonBlocking) != 0)
    Syscall(__NR_fcntl, fd, kSetStatusFlags, flags & ~kNonBlocking);
}

// Out of the way of every target: no dup3 below may overwrite a source that is still needed.
long MoveUp(int fd, int above) {
  return Syscall(__NR_fcntl, fd, kDupCloseOnExec, above);
}

}  // namespace

long CloseAllBut(int fd) {
  return CloseOthers(nullptr, 0, fd);
}

long MoveDescriptors(Stage& stage, const PlanStep& step) {
  auto* pairs = reinterpret_cast<Pair*>(stage.plan + step.data);
  const int64_t count = step.number;
  int above = 0;
  for (int64_t i = 0; i < count; i++) {
    // A number that was not open in Node may have become one of the stage's own: the command must not get
    // that.
    if (IsOwn(stage, pairs[i].source)) return -kErrBadDescriptor;
    if (pairs[i].source == kNullSource) pairs[i].source = stage.null_fd;
    if (pairs[i].target < 0 || pairs[i].source < 0) return -kErrBadDescriptor;
    if (pairs[i].target >= above) above = pairs[i].target + 1;
  }
  if (IsKept(stage.report_fd, pairs, count, -1)) {
    const long moved = MoveUp(stage.report_fd, above);
    if (moved < 0) return moved;
    Close(stage.report_fd);
    stage.report_fd = static_cast<int>(moved);
  }
  for (int64_t i = 0; i < count; i++) {
    const bool is_target = IsKept(pairs[i].source, pairs, count, -1);
    if (!is_target || pairs[i].source == pairs[i].target) continue;
    const long moved = MoveUp(pairs[i].source, above);
    if (moved < 0) return moved;
    pairs[i].source = static_cast<int32_t>(moved);
  }
  for (int64_t i = 0; i < count; i++) {
    const auto [target, source] = pairs[i];
    // dup3 onto itself is EINVAL: there only the close-on-exec flag has to go.
    const long result = target == source ? Syscall(__NR_fcntl, target, kSetDescriptorFlags, 0)
                                         : Syscall(__NR_dup3, source, target, 0);
    if (result < 0) return result;
    if (target <= kLastStandard) MakeBlocking(target);
  }
  return CloseOthers(pairs, count, stage.report_fd);
}

}  // namespace nskit
