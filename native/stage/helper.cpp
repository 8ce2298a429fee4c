// A process that stays outside the new user namespace and writes its maps: there it keeps the caller's
// capabilities, which the stage has lost by its unshare, and there newuidmap and newgidmap must run.

#include <linux/sched.h>

#include "stage.h"

namespace nskit {
namespace {

constexpr int kSeqPacket = 5;  // SOCK_SEQPACKET
// The helper's own two descriptors.
constexpr int kStageFd = 0;
constexpr int kProcFd = 1;

struct Reply {
  int32_t error;
  int32_t status;  // wait status of the mapper
  uint32_t text_size;
  char text[kMaxText];
};
constexpr size_t kReplyHead = 12;

void WriteNumber(char* to, uint32_t number) {
  char digits[10];
  int count = 0;
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count > 0) *to++ = digits[--count];
  *to = 0;
}

// The mapper's standard descriptors: nothing to read, and its words to us. It exits with 127 and the errno as
// its words' stand-in where it cannot be executed; `error` is in memory that the fork shares.
[[noreturn]] void BecomeMapper(const Stage& stage, const PlanStep& step, int output,
                               volatile int32_t* error) {
  const long null = Syscall(__NR_openat, kAtFdCwd, Arg("/dev/null"), kOpenReadWrite);
  if (null >= 0) {
    Syscall(__NR_dup3, null, 0, 0);
    Syscall(__NR_dup3, null, 1, 0);
  }
  Syscall(__NR_dup3, output, 2, 0);
  *error = static_cast<int32_t>(
      -ExecuteAny(ListAt(stage, step.data), ListAt(stage, step.more), stage.environment));
  Leave(127);
}

// Reads all that the mapper says, so that it is never held up, and keeps what fits. Ends it when the stage is
// gone: a death signal would not, as the exec of a setuid program clears it (prctl(2)), but its real uid is
// ours to kill.
uint32_t Listen(int fd, int mapper, char* text) {
  uint32_t size = 0;
  PollFd polls[2] = {{fd, kPollIn, 0}, {kStageFd, 0, 0}};
  for (;;) {
    Poll(polls, 2, false);
    if ((polls[1].revents & kPollHangUp) != 0) {
      Kill(mapper, SIGKILL);
      Wait(mapper, nullptr);
      Leave(1);
    }
    char rest[256];
    const bool room = size < kMaxText;
    const long got =
        Syscall(__NR_read, fd, room ? Arg(text + size) : Arg(rest), room ? kMaxText - size : sizeof rest);
    if (got == -kErrIntr) continue;
    if (got <= 0) return size;
    if (room) size += static_cast<uint32_t>(got);
  }
}

void RunMapper(Stage& stage, const PlanStep& step, int target, Reply* reply) {
  WriteNumber(ListAt(stage, step.more)[1], static_cast<uint32_t>(target));
  int ends[2];
  long result = Syscall(__NR_pipe2, Arg(ends), kOpenCloseOnExec);
  if (result < 0) {
    reply->error = static_cast<int32_t>(-result);
    return;
  }
  volatile int32_t exec_error = 0;
  alignas(16) static char stack[16384];
  struct Arguments {
    const Stage* stage;
    const PlanStep* step;
    int output;
    volatile int32_t* error;
  } arguments = {&stage, &step, ends[1], &exec_error};
  result = nskit_clone(
      CLONE_VM | CLONE_VFORK | SIGCHLD, stack + sizeof stack, nullptr,
      [](void* argument) {
        auto* its = static_cast<Arguments*>(argument);
        BecomeMapper(*its->stage, *its->step, its->output, its->error);
      },
      &arguments);
  Close(ends[1]);
  if (result < 0) {
    reply->error = static_cast<int32_t>(-result);
  } else {
    reply->text_size = Listen(ends[0], static_cast<int>(result), reply->text);
    int status = 0;
    Wait(static_cast<int>(result), &status);
    reply->status = status;
    reply->error = exec_error != 0 ? exec_error : status == 0 ? 0 : kErrPerm;
  }
  Close(ends[0]);
}

// Its life is that of the stage's end of the socket: no death signal, which would leave a mapper behind.
[[noreturn]] void Help(Stage& stage, int socket, int target) {
  // Holds nothing of the command's, nor the report socket: its end must mean what it says.
  Syscall(__NR_dup3, socket, kStageFd, kOpenCloseOnExec);
  Syscall(__NR_dup3, stage.proc_fd, kProcFd, kOpenCloseOnExec);
  stage.proc_fd = kProcFd;
  Syscall(__NR_close_range, 2, ~0u, 0);
  for (;;) {
    uint32_t index = 0;
    const long got = Syscall(__NR_read, kStageFd, Arg(&index), sizeof index);
    if (got == -kErrIntr) continue;
    if (got != sizeof index) Leave(0);
    const PlanStep& step = stage.steps[index];
    static Reply reply;
    reply.error = 0;
    reply.status = 0;
    reply.text_size = 0;
    if (static_cast<Op>(step.op) == Op::RunMapper) {
      RunMapper(stage, step, target, &reply);
    } else {
      reply.error = static_cast<int32_t>(-WriteProcFile(stage, step));
    }
    Syscall(__NR_sendto, kStageFd, Arg(&reply), kReplyHead + reply.text_size, kNoSignal, 0, 0);
  }
}

}  // namespace

long StartHelper(Stage& stage) {
  int ends[2];
  long result = Syscall(__NR_socketpair, kUnix, kSeqPacket | kOpenCloseOnExec, 0, Arg(ends));
  if (result < 0) return result;
  const int self = static_cast<int>(Syscall(__NR_getpid));
  result = nskit_clone(SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (result == 0) {
    // dup3 to 0 and 1 must not hit a source.
    const int socket = static_cast<int>(Syscall(__NR_fcntl, ends[1], kDupCloseOnExec, 3));
    stage.proc_fd = static_cast<int>(Syscall(__NR_fcntl, stage.proc_fd, kDupCloseOnExec, 3));
    if (socket < 0 || stage.proc_fd < 0) Leave(1);
    Help(stage, socket, self);
  }
  Close(ends[1]);
  if (result < 0) {
    Close(ends[0]);
    return result;
  }
  stage.helper_fd = ends[0];
  stage.helper_pid = static_cast<int>(result);
  return 0;
}

void AskHelper(Stage& stage) {
  static Reply reply;
  const uint32_t index = stage.current;
  long result = Syscall(__NR_sendto, stage.helper_fd, Arg(&index), sizeof index, kNoSignal, 0, 0);
  if (result < 0) Fail(stage, result);
  // newuidmap can take its time: Node's end must be noticed meanwhile. A detached command outlives it.
  PollFd polls[2] = {{stage.helper_fd, kPollIn, 0}, {FollowsParent(stage) ? stage.report_fd : -1, 0, 0}};
  Poll(polls, 2, false);
  if ((polls[1].revents & kPollHangUp) != 0) {
    EndHelper(stage);
    Leave(1);
  }
  do {
    result = Syscall(__NR_read, stage.helper_fd, Arg(&reply), sizeof reply);
  } while (result == -kErrIntr);
  // The helper was killed: what it should have done is not done.
  if (result < static_cast<long>(kReplyHead)) Fail(stage, result < 0 ? result : -kErrPerm);
  if (reply.error != 0) Fail(stage, -reply.error, 0, reply.status, reply.text, reply.text_size);
}

// The helper leaves when its socket closes, and takes a mapper that does not end with it. Reaped, as the
// command would find a child that it never made.
void EndHelper(Stage& stage) {
  if (stage.helper_pid == 0) return;
  Close(stage.helper_fd);
  Wait(stage.helper_pid, nullptr);
  stage.helper_pid = 0;
}

}  // namespace nskit
