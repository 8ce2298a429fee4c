// The command's descriptors take their numbers; nothing else reaches it.

#include "stage.h"

namespace nskit {
namespace {

struct Pair {
  int32_t target;
  int32_t source;
};

// Duplicates to a number above all targets, where no dup3 of this step will overwrite it.
long MoveUp(int fd, int above) { return Syscall(__NR_fcntl, fd, kDupCloseOnExec, above + 1); }

// A number that was free in Node and is now the stage's own: to the caller it is a closed one.
bool IsOwn(const Stage& stage, int fd) {
  return fd == stage.report_fd || fd == stage.proc_fd || fd == stage.helper_fd;
}

long MoveSources(const Stage& stage, Pair* pairs, int64_t count, int highest) {
  for (int64_t i = 0; i < count; i++) {
    if (IsOwn(stage, pairs[i].source)) return -kErrBadFd;
    if (pairs[i].source > highest || pairs[i].source == pairs[i].target) continue;
    const long moved = MoveUp(pairs[i].source, highest);
    if (moved < 0) return moved;
    pairs[i].source = static_cast<int32_t>(moved);
  }
  return 0;
}

long PlaceTargets(const Pair* pairs, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const Pair& pair = pairs[i];
    const long result = pair.source == pair.target
                            ? Syscall(__NR_fcntl, pair.target, kSetDescriptorFlags, 0)
                            : Syscall(__NR_dup3, pair.source, pair.target, 0);
    if (result < 0) return result;
  }
  return 0;
}

// By insertion: they come in order as good as always.
void SortByTarget(Pair* pairs, int64_t count) {
  for (int64_t i = 1; i < count; i++) {
    const Pair pair = pairs[i];
    int64_t at = i;
    for (; at > 0 && pairs[at - 1].target > pair.target; at--) pairs[at] = pairs[at - 1];
    pairs[at] = pair;
  }
}

}  // namespace

long MoveDescriptors(Stage& stage, const PlanStep& step) {
  Pair* pairs = reinterpret_cast<Pair*>(At(stage, step.data));
  int highest = 2;
  for (int64_t i = 0; i < step.number; i++) {
    if (pairs[i].target > highest) highest = pairs[i].target;
  }
  const long moved = MoveSources(stage, pairs, step.number, highest);
  if (moved < 0) return moved;
  if (stage.report_fd <= highest) {
    const long report_fd = MoveUp(stage.report_fd, highest);
    if (report_fd < 0) return report_fd;
    stage.report_fd = static_cast<int>(report_fd);
  }
  const long placed = PlaceTargets(pairs, step.number);
  if (placed < 0) return placed;

  SortByTarget(pairs, step.number);
  uint32_t next = 0;
  for (int64_t i = 0; i < step.number; i++) {
    const auto target = static_cast<uint32_t>(pairs[i].target);
    if (target > next) CloseRange(next, target - 1);
    next = target + 1;
  }
  CloseRange(next, static_cast<uint32_t>(stage.report_fd) - 1);
  CloseRange(static_cast<uint32_t>(stage.report_fd) + 1, UINT32_MAX);
  stage.proc_fd = -1;
  return 0;
}

}  // namespace nskit
