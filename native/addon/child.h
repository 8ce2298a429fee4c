#pragma once

#include <optional>
#include <string>
#include <vector>

#include "launch.h"
#include "process.h"
#include "receive.h"

namespace nskit {

// Milliseconds between two looks at what cannot be waited for.
constexpr int kLookEvery = 20;

enum class EventKind { Running = 1, Held = 2, Failed = 3, Exited = 4 };

// As LAUNCH_EVENT in lib/native/binding.ts describes.
struct Event {
  EventKind kind{};
  double a = 0, b = 0, c = 0, d = 0;
  std::string text;
};

// All processes of one launch, from the stage's start to the last one's end. It waits for nothing:
// its owner polls what it names and calls Advance.
//
// Who lives: the stage; with the step Fork its sibling, which is our child too; with StartInit the
// command below the init, which is not. The *main* process is the last of ours in that row.
class Child {
 public:
  explicit Child(Launched launched);

  // What to wait for, -1 for nothing: both may become readable.
  int report_fd() const { return hung_up_ ? -1 : launched_.report.get(); }
  int process_fd() const;
  // There is nothing to wait for (no descriptor was left for it): Advance has to be called anyway.
  bool blind() const { return !over_ && report_fd() < 0 && process_fd() < 0; }
  // Takes what there is and appends what it means.
  void Advance(std::vector<Event>& events);
  // Closes what needs no more waiting. Its owner must have stopped polling it.
  void CloseFinished();

  // Nothing is left of it.
  bool over() const { return over_; }
  bool running() const { return running_; }
  pid_t pid() const { return Target().pid(); }
  int Kill(int signal) const;
  void Destroy();
  void Release();

 private:
  void Drain(std::vector<Event>& events);
  void Take(Packet packet, std::vector<Event>& events);
  void TakeHello(Packet packet);
  void AdoptForked();
  bool HasFinishedPlan() const;
  bool Reap();
  void KillAll() const;
  void Announce(std::vector<Event>& events);
  Event Conclude() const;

  PlanHeader Header() const;
  const Process& Main() const { return launched_.shape.forks ? sibling_ : stage_; }
  const Process& Target() const { return launched_.shape.has_init ? command_ : Main(); }
  bool AllEnded() const;
  bool Settled() const;
  bool HasStarted() const;
  Ending CommandEnding() const;
  Event FailedAt(int step, int error, const Ending& ending) const;

  Launched launched_;
  Process stage_;
  Process sibling_;
  Process command_;
  OwnedFd held_pidfd_;
  bool hung_up_ = false;
  bool started_ = false;  // by the init's word
  bool running_ = false;  // announced
  bool held_ = false;
  bool destroyed_ = false;
  bool over_ = false;
  std::optional<Packet> failed_;
  std::optional<int> command_status_;
};

}  // namespace nskit
