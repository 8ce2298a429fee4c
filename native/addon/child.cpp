#include "child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nskit {
namespace {

// Milliseconds for a killed process to end; what takes longer is dealt with when it has.
constexpr int kPatience = 100;

}  // namespace

Child::Child(Launched launched)
    : launched_(std::move(launched)), stage_(launched_.pid, std::move(launched_.pidfd)) {}

// One at a time is enough: each must end before the whole is over. Only where the report socket stays
// open long beyond the stage (an init or a held process has it) is the stage waited for beside it.
int Child::process_fd() const {
  const bool stage_leaves = sibling_.known() && (launched_.shape.has_init || held_);
  if (!hung_up_ && !stage_leaves && !destroyed_ && !failed_) return -1;
  if (!stage_.ended()) return stage_.pidfd();
  const bool main_ends = hung_up_ || destroyed_ || failed_;
  return main_ends && sibling_.known() && !sibling_.ended() ? sibling_.pidfd() : -1;
}

void Child::Advance(std::vector<Event>& events) {
  if (over_) return;
  bool ended;
  do {
    // The socket first: what it says explains the end of those who said it.
    Drain(events);
    if (hung_up_ || failed_ || destroyed_) AdoptForked();
    if (failed_ || destroyed_) KillAll();
    if (hung_up_ && !running_ && !HasFinishedPlan()) sibling_.Signal(SIGKILL);
    ended = Reap();
  } while (ended && !hung_up_);
  Announce(events);
}

void Child::CloseFinished() {
  if (hung_up_) launched_.report.Close();
  if (running_) launched_.plan.Close();
  if (running_) launched_.slot.reset();
  if (launched_.shape.forks) stage_.CloseIfEnded();
}

int Child::Kill(int signal) const {
  if (over_) return -ESRCH;
  if (!running_ && !held_) return -EAGAIN;
  return Target().Signal(signal);
}

void Child::Destroy() {
  destroyed_ = true;
  KillAll();
  if (running_ || !launched_.shape.forks || sibling_.known()) return;
  // The stage may have been in the middle of its fork. Only when it is dead is the answer final, and the
  // sibling must not go on until the loop turns again.
  pollfd ended = {stage_.pidfd(), POLLIN, 0};
  poll(&ended, 1, kPatience);
  AdoptForked();
  sibling_.Signal(SIGKILL);
}

void Child::Release() {
  if (launched_.report) shutdown(launched_.report.get(), SHUT_RDWR);
}

void Child::Drain(std::vector<Event>& events) {
  while (!hung_up_ && launched_.report) {
    Packet packet;
    const Received received = Receive(launched_.report.get(), packet);
    if (received == Received::Nothing) return;
    if (received == Received::Hangup) hung_up_ = true;
    if (received == Received::Packet) Take(std::move(packet), events);
  }
}

void Child::Take(Packet packet, std::vector<Event>& events) {
  switch (packet.kind) {
    case RecordKind::Hello:
      TakeHello(std::move(packet));
      break;
    case RecordKind::Failed:
      // A set-up that is over cannot fail any more, whoever says so.
      if (!failed_ && !started_ && !running_) failed_ = std::move(packet);
      break;
    case RecordKind::Running:
      started_ = true;
      break;
    case RecordKind::Exited:
      if (!command_status_) command_status_ = packet.status;
      break;
    case RecordKind::Held: {
      if (held_ || launched_.shape.executes) break;
      held_ = true;
      held_pidfd_ = std::move(packet.pidfd);
      const int pidfd = held_pidfd_ ? held_pidfd_.get() : Target().pidfd();
      events.push_back({EventKind::Held, double(packet.pid), double(pidfd), 0, 0, ""});
      break;
    }
  }
}

void Child::TakeHello(Packet packet) {
  if (!launched_.shape.has_init || command_.known()) return;
  command_ = Process(packet.pid, std::move(packet.pidfd));
  AdoptForked();
}

// The pid is the kernel's word, written when the sibling was made; that it is our child is asked again, as a
// process inside the namespaces may have had its hands on the plan.
void Child::AdoptForked() {
  if (launched_.shape.forks && !sibling_.known())
    sibling_ = FindChild(static_cast<pid_t>(Header().forked_pid));
}

bool Child::Reap() {
  const bool stage = stage_.Reap();
  const bool sibling = sibling_.Reap();
  return stage || sibling;
}

void Child::KillAll() const {
  stage_.Signal(SIGKILL);
  sibling_.Signal(SIGKILL);
  command_.Signal(SIGKILL);
}

}  // namespace nskit
