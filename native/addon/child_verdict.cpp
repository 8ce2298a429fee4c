// What the state of a launch means: when its command runs, when all is over, and how it ended.
#include <signal.h>
#include <unistd.h>

#include "child.h"

namespace nskit {

void Child::Announce(std::vector<Event>& events) {
  if (!running_ && HasStarted()) {
    running_ = true;
    const double session = Header().audit_session;
    events.push_back({EventKind::Running, double(Target().pid()), double(Target().pidfd()), session, 0, ""});
  }
  // An init that was killed takes its pid namespace with it; without one the command must be told.
  if (running_ && launched_.shape.has_init && AllEnded() && !command_status_) command_.Signal(SIGKILL);
  if (launched_.error != 0 || (AllEnded() && Settled())) {
    over_ = true;
    events.push_back(Conclude());
  }
}

bool Child::AllEnded() const {
  return stage_.ended() && (!sibling_.known() || sibling_.ended());
}

// Nothing more can come on the report socket that matters. Without a hangup only a helper of the
// set-up can still hold it, unless there is a forked sibling that nobody has looked for yet.
bool Child::Settled() const {
  return hung_up_ || !launched_.shape.forks || sibling_.known() || Header().forked_pid == 0;
}

bool Child::HasFinishedPlan() const {
  return launched_.plan && Header().progress == launched_.shape.step_count;
}

// The report socket is close-on-exec: a hangup in the last step is an exec that has succeeded.
// An end before that step is never one.
bool Child::HasStarted() const {
  if (launched_.error != 0 || failed_ || !launched_.shape.executes) return false;
  if (launched_.shape.has_init) return started_ && command_.known();
  const bool at_end = hung_up_ || (AllEnded() && Settled());
  return at_end && Main().known() && HasFinishedPlan();
}

Event Child::Conclude() const {
  if (launched_.error != 0) return FailedAt(-1, launched_.error, {});
  if (failed_) {
    return {EventKind::Failed,       double(failed_->step),   double(failed_->error),
            double(failed_->detail), double(failed_->status), failed_->text};
  }
  const int refused = launched_.slot ? launched_.slot->error.load() : 0;
  if (refused != 0) return FailedAt(-1, refused, {});

  const Ending ending = CommandEnding();
  const PlanHeader header = running_ ? PlanHeader{} : Header();
  const uint32_t progress = header.progress;
  const bool complete =
      running_ || held_ || (!launched_.shape.executes && progress == launched_.shape.step_count);
  if (!complete) {
    // Without its record, which the command's seccomp filter refused, a failure stands here alone.
    const int error = (progress & kFailedBit) != 0 ? header.error : 0;
    return FailedAt(static_cast<int>(progress & ~kFailedBit) - 1, error, error != 0 ? Ending{} : ending);
  }
  return {EventKind::Exited, double(ending.code), double(ending.signal), 0, 0, ""};
}

Ending Child::CommandEnding() const {
  if (!launched_.shape.has_init) return Main().known() ? Main().ending() : stage_.ending();
  if (command_status_) return FromWaitStatus(*command_status_);
  if (running_) return {-1, SIGKILL};
  return Main().known() ? Main().ending() : stage_.ending();
}

Event Child::FailedAt(int step, int error, const Ending& ending) const {
  return {EventKind::Failed, double(step), double(error), double(ending.signal), 0, ""};
}

// Read, not mapped: once or twice in a launch is cheaper than a mapping.
PlanHeader Child::Header() const {
  PlanHeader header = {};
  if (pread(launched_.plan.get(), &header, sizeof header, 0) != sizeof header) return {};
  return header;
}

}  // namespace nskit
