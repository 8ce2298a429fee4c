// Runs a stage with plans of all sorts, and prints what the stage did wrong.
//
//   stage_driver plans STAGE...                     a good plan, a refused step, malformed plans, wrong
//   arguments stage_driver mutations COUNT STAGE...           mutated plans: whatever it does, no process of
//   it may fault stage_driver command STATUS STAGE... -- ARGV... the command ARGV must end with STATUS
//
// STAGE...: the program, or an emulator and the program. Run by root it becomes nobody first: what a mutation
// can do is then what any user can.

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "launch_stage.h"
#include "malformed_plans.h"
#include "mutate.h"

using namespace nskit;
using namespace nskit::test;

namespace {

constexpr int kRefusedPlan = 125;
constexpr unsigned kPatience = 300;
constexpr unsigned kNobody = 65534;

using Command = std::vector<std::string>;

int faults = 0;

std::string Describe(int status) {
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "exit " + std::to_string(WEXITSTATUS(status));
}

void Expect(const char* name, const Ending& ending, int expected) {
  if (ending.worst == 0 && WIFEXITED(ending.status) && WEXITSTATUS(ending.status) == expected) return;
  const int status = ending.worst != 0 ? ending.worst : ending.status;
  fprintf(stderr, "%s: expected exit %d, got %s\n", name, expected, Describe(status).c_str());
  faults++;
}

void Expect(const char* name, bool condition) {
  if (condition) return;
  fprintf(stderr, "%s\n", name);
  faults++;
}

Command WithPlan(Command stage) {
  stage.push_back(std::to_string(kPlanFd));
  return stage;
}

Ending RunPlan(const Command& stage, const Bytes& plan, bool hang_up = false) {
  const int fd = PlanFile(plan);
  Ending ending = Launch(WithPlan(stage), fd, hang_up);
  close(fd);
  return ending;
}

void RefusedStep(const Command& stage) {
  PlanBuilder plan(2);
  plan.Step(Op::ChangeDirectory, 0, 0, plan.String("/nonexistent")).Step(Op::Leave);
  const Ending ending = RunPlan(stage, plan.Finish(kReportFd));
  Expect("a refused step", ending, 1);
  Expect("a refused step: expected one record", ending.records.size() == 1);
  if (ending.records.size() != 1) return;
  ReportRecord record = {};
  memcpy(&record, ending.records[0].data(), ending.records[0].size());
  Expect("a refused step: expected Failed, step 0, ENOENT",
         ending.records[0].size() == kRecordHead && record.step == 0 && record.error == ENOENT &&
             record.kind == static_cast<uint32_t>(RecordKind::Failed));
}

void WrongArguments(const Command& stage) {
  const int fd = PlanFile(HarmlessPlan(kReportFd));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) GiveUp("pipe2");
  for (const char* number : {"", "x", "3x", "-1", "99", "99999999999999999999"}) {
    Command command = stage;
    command.push_back(number);
    Expect((std::string("argument '") + number + "'").c_str(), Launch(command, fd, true), kRefusedPlan);
  }
  Expect("no argument", Launch(stage, fd, true), kRefusedPlan);
  Command two = WithPlan(stage);
  two.push_back("3");
  Expect("two arguments", Launch(two, fd, true), kRefusedPlan);
  Expect("a pipe for a plan", Launch(WithPlan(stage), ends[0], true), kRefusedPlan);
  for (const int each : {fd, ends[0], ends[1]}) close(each);
}

int Plans(const Command& stage) {
  const Ending good = RunPlan(stage, HarmlessPlan(kReportFd));
  Expect("a good plan", good, 0);
  Expect("a good plan: expected no record", good.records.empty());
  RefusedStep(stage);
  WrongArguments(stage);
  const std::vector<MalformedPlan> malformed = MalformedPlans(kReportFd);
  for (const auto& [name, plan] : malformed) Expect(name, RunPlan(stage, plan), kRefusedPlan);
  printf("%zu malformed plans\n", malformed.size());
  return faults == 0 ? 0 : 1;
}

int Mutations(long count, const Command& stage) {
  Mutator mutator(2);
  const Bytes valid = HarmlessPlan(kReportFd);
  long done = 0, refused = 0;
  for (long i = 0; i < count; i++) {
    const Ending ending = RunPlan(stage, mutator.Mutate(valid), true);
    const int status = ending.worst != 0 ? ending.worst : ending.status;
    if (IsFault(status) || (WIFEXITED(status) && WEXITSTATUS(status) == kNotStarted)) {
      fprintf(stderr, "mutation %ld: %s\n", i, Describe(status).c_str());
      faults++;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) done++;
    if (WIFEXITED(status) && WEXITSTATUS(status) == kRefusedPlan) refused++;
  }
  printf("%ld plans: %ld done, %ld malformed\n", count, done, refused);
  // Else the mutations say nothing.
  Expect("expected some to be done, and some to be malformed", done > count / 100 && refused > count / 100);
  return faults == 0 ? 0 : 1;
}

int RunCommand(int status, const Command& stage, const Command& argv) {
  const Ending ending = RunPlan(stage, CommandPlan(kReportFd, argv));
  Expect("the command", ending, status);
  Expect("the command: expected no record", ending.records.empty());
  return faults == 0 ? 0 : 1;
}

void BecomeNobody() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) GiveUp("no_new_privs");
  if (geteuid() != 0) return;
  if (setgroups(0, nullptr) != 0 || setresgid(kNobody, kNobody, kNobody) != 0 ||
      setresuid(kNobody, kNobody, kNobody) != 0) {
    GiveUp("becoming nobody");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 2) return 2;
  BecomeNobody();
  const rlimit no_core = {0, 0};
  if (setrlimit(RLIMIT_CORE, &no_core) != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
    GiveUp("prctl");
  alarm(kPatience);
  if (words[0] == "plans") return Plans({words.begin() + 1, words.end()});
  const int number = atoi(words[1].c_str());
  if (words[0] == "mutations") return Mutations(number, {words.begin() + 2, words.end()});
  size_t end = 2;
  while (end < words.size() && words[end] != "--") end++;
  if (words[0] != "command" || end + 1 >= words.size()) return 2;
  const auto split = words.begin() + static_cast<long>(end);
  return RunCommand(number, {words.begin() + 2, split}, {split + 1, words.end()});
}
