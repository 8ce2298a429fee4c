// The stage: reads its plan, runs it step by step, and becomes the command. It decides nothing.

#include "../plan/decode.h"
#include "stage.h"

namespace nskit {
namespace {

constexpr int kMalformedPlan = 125;

constexpr int kProtReadWrite = 3;
constexpr int kMapShared = 1;
constexpr int kSetMask = 2;  // SIG_SETMASK
constexpr int kSignals = 64;
constexpr size_t kSignalSetSize = 8;

int Number(const char* text) {
  int number = 0;
  if (*text == 0) return -1;
  for (; *text != 0; text++) {
    if (*text < '0' || *text > '9' || number > 1 << 24) return -1;
    number = number * 10 + (*text - '0');
  }
  return number;
}

// Shared, so that Node sees the progress, and the pid of what the plan forks, also when this process is killed.
unsigned char* MapPlan(int fd, uint64_t* size) {
  const long end = Syscall(__NR_lseek, fd, 0, 2);
  if (end <= 0 || end > static_cast<long>(kMaxPlanSize)) return nullptr;
  const long address = Syscall(__NR_mmap, 0, end, kProtReadWrite, kMapShared, fd, 0);
  if (address < 0 && address > -4096) return nullptr;
  *size = static_cast<uint64_t>(end);
  return reinterpret_cast<unsigned char*>(address);
}

void RelocateList(const Stage& stage, uint64_t offset) {
  for (auto* slot = reinterpret_cast<uint64_t*>(stage.plan + offset); *slot != 0; slot++) {
    *slot += reinterpret_cast<uint64_t>(stage.plan);
  }
}

// Offsets become pointers, once, in place: what exec takes then lies ready.
void Relocate(const Stage& stage) {
  for (uint32_t i = 0; i < stage.header->step_count; i++) {
    const PlanStep& step = stage.steps[i];
    switch (static_cast<Op>(step.op)) {
      case Op::Exec:
        if (step.flags != kInheritEnvironment) RelocateList(stage, static_cast<uint64_t>(step.number));
        [[fallthrough]];
      case Op::RunMapper:
        RelocateList(stage, step.more);
        [[fallthrough]];
      case Op::Mount:
        RelocateList(stage, step.data);
        break;
      default:
        break;
    }
  }
}

struct KernelSigaction {
  void* handler;
  unsigned long flags;
  void* restorer;
  uint64_t mask;
};

// Exec resets handlers, but what the parent ignored stays ignored (SIGPIPE, in Node), and its mask stays.
void ResetSignals() {
  KernelSigaction reset = {nullptr, 0, nullptr, 0};
  for (int signal = 1; signal <= kSignals; signal++) {
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    Syscall(__NR_rt_sigaction, signal, Arg(&reset), 0, kSignalSetSize);
  }
  uint64_t none = 0;
  Syscall(__NR_rt_sigprocmask, kSetMask, Arg(&none), 0, kSignalSetSize);
}

// The same two steps may not stand for one list twice: a second relocation would leave the plan.
bool ListsAreDistinct(const Stage& stage) {
  uint64_t last = 0;
  for (uint32_t i = 0; i < stage.header->step_count; i++) {
    const PlanStep& step = stage.steps[i];
    const auto op = static_cast<Op>(step.op);
    const bool exec = op == Op::Exec;
    const uint64_t lists[] = {
        exec && step.flags != kInheritEnvironment ? static_cast<uint64_t>(step.number) : 0,
        exec || op == Op::RunMapper || op == Op::Mount ? step.data : 0,
        exec || op == Op::RunMapper ? step.more : 0,
    };
    // The encoder writes lists one after the other, each with its strings: their offsets only grow.
    for (const uint64_t offset : lists) {
      if (offset == 0) continue;
      if (offset <= last) return false;
      last = offset;
    }
  }
  return true;
}

}  // namespace

void Run(Stage& stage) {
  for (; stage.current < stage.header->step_count; stage.current++) {
    stage.header->progress = stage.current + 1;
    const Outcome outcome = RunStep(stage, stage.steps[stage.current]);
    if (outcome.result < 0) Fail(stage, outcome.result, outcome.detail);
  }
  Leave(kMalformedPlan);
}

void Fail(Stage& stage, long result, uint32_t detail, int32_t status, const char* text, uint32_t text_size) {
  EndHelper(stage);
  stage.header->progress |= kFailedBit;
  Send(stage.report_fd, RecordKind::Failed, stage.current, static_cast<int32_t>(-result), detail, status, text,
       text_size);
  Leave(1);
}

extern "C" [[noreturn]] void nskit_main(long* stack) {
  const long argc = stack[0];
  char** argv = reinterpret_cast<char**>(stack + 1);
  const int plan_fd = argc == 2 ? Number(argv[1]) : -1;
  uint64_t size = 0;
  unsigned char* plan = plan_fd < 0 ? nullptr : MapPlan(plan_fd, &size);
  if (plan == nullptr || !PlanChecker(plan, size).Check()) Leave(kMalformedPlan);
  Close(plan_fd);

  static Stage stage;
  stage.plan = plan;
  stage.header = reinterpret_cast<PlanHeader*>(plan);
  stage.steps = reinterpret_cast<PlanStep*>(plan + sizeof(PlanHeader));
  stage.environment = argv + argc + 1;
  stage.report_fd = stage.header->report_fd;
  stage.proc_fd = -1;
  stage.helper_fd = -1;
  if (!ListsAreDistinct(stage)) Leave(kMalformedPlan);
  // It must close by the exec: that is how Node learns of it.
  Syscall(__NR_fcntl, stage.report_fd, kSetDescriptorFlags, kCloseOnExec);
  ResetSignals();
  FollowParent(stage);
  Relocate(stage);
  Run(stage);
}

}  // namespace nskit
