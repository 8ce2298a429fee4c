// The stage: reads its plan, runs it step by step, and becomes the command. It decides nothing.

#include "../plan/decode.h"
#include "../plan/relocate.h"
#include "stage.h"

namespace nskit {
namespace {

constexpr int kMalformedPlan = 125;

constexpr int kMapShared = 1;
constexpr int kSignals = 64;

int Number(const char* text) {
  int number = 0;
  if (*text == 0) return -1;
  for (; *text != 0; text++) {
    if (*text < '0' || *text > '9' || number > 1 << 24) return -1;
    number = number * 10 + (*text - '0');
  }
  return number;
}

// Shared, so that Node sees the progress, and the pid of what the plan forks, also when this process is
// killed.
unsigned char* MapPlan(int fd, uint64_t* size) {
  const long end = Syscall(__NR_lseek, fd, 0, 2);
  if (end <= 0 || end > static_cast<long>(kMaxPlanSize)) return nullptr;
  const long address = Syscall(__NR_mmap, 0, end, kProtReadWrite, kMapShared, fd, 0);
  if (address < 0 && address > -4096) return nullptr;
  *size = static_cast<uint64_t>(end);
  return reinterpret_cast<unsigned char*>(address);
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
  stage.header->error = static_cast<int32_t>(-result);
  stage.header->progress |= kFailedBit;
  Send(stage.report_fd, RecordKind::Failed, stage.current, static_cast<int32_t>(-result), detail, status,
       text, text_size);
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
  stage.null_fd = -1;
  stage.root_fd = -1;
  stage.map_fd = -1;
  stage.umask = -1;
  stage.parent_fd = -1;
  stage.witness_fd = -1;
  stage.helper_fd = -1;
  // It must close by the exec: that is how Node learns of it.
  Syscall(__NR_fcntl, stage.report_fd, kSetDescriptorFlags, kCloseOnExec);
  ResetSignals();
  FollowParent(stage);
  Relocate(plan);
  Run(stage);
}

}  // namespace nskit
