// What the stage tells Node, and how it learns that there is no Node any more.

#include "stage.h"

namespace nskit {
namespace {

constexpr int kSocketLevel = 1;       // SOL_SOCKET
constexpr int kRights = 1;            // SCM_RIGHTS
constexpr int kPeerCredentials = 17;  // SO_PEERCRED
constexpr int kSetDeathSignal = 1;    // PR_SET_PDEATHSIG

struct Vector {
  const void* base;
  size_t size;
};

struct Message {
  void* name;
  int name_size;
  Vector* vectors;
  size_t vector_count;
  void* control;
  size_t control_size;
  int flags;
};

struct alignas(8) DescriptorMessage {
  size_t size;
  int level;
  int type;
  int fd;
};

// Whether Node, who made the report socket, is not the parent (any more). From inside a pid namespace Node is
// not to be seen: false.
bool HasLostParent(int report_fd) {
  int credentials[3] = {0, 0, 0};
  int size = sizeof credentials;
  Syscall(__NR_getsockopt, report_fd, kSocketLevel, kPeerCredentials, Arg(credentials), Arg(&size));
  return credentials[0] != 0 && Syscall(__NR_getppid) != credentials[0];
}

}  // namespace

void Send(int report_fd, RecordKind kind, uint32_t step, int32_t error, uint32_t detail, int32_t status,
          const char* text, uint32_t text_size) {
  uint32_t head[kRecordHead / 4] = {static_cast<uint32_t>(kind),   step,
                                    static_cast<uint32_t>(error),  detail,
                                    static_cast<uint32_t>(status), text_size};
  Vector vectors[2] = {{head, sizeof head}, {text, text_size}};
  Message message = {nullptr, 0, vectors, 2, nullptr, 0, 0};
  Syscall(__NR_sendmsg, report_fd, Arg(&message), kNoSignal);
}

long SendSelf(int report_fd, RecordKind kind, uint32_t step) {
  const long self = Syscall(__NR_getpid);
  const long pidfd = Syscall(__NR_pidfd_open, self, 0);
  if (pidfd < 0) return pidfd;
  uint32_t head[kRecordHead / 4] = {static_cast<uint32_t>(kind), step, 0, 0, 0, 0};
  Vector vector = {head, sizeof head};
  DescriptorMessage control = {sizeof(size_t) + 2 * sizeof(int) + sizeof(int), kSocketLevel, kRights,
                               static_cast<int>(pidfd)};
  Message message = {nullptr, 0, &vector, 1, &control, sizeof control, 0};
  Syscall(__NR_sendmsg, report_fd, Arg(&message), kNoSignal);
  Close(static_cast<int>(pidfd));
  // A failure to send means that Node is gone: the lifeline deals with that.
  return 0;
}

bool HasHungUp(int report_fd) {
  PollFd poll = {report_fd, 0, 0};
  return Poll(&poll, 1, true) > 0 && (poll.revents & kPollHangUp) != 0;
}

void FollowParent(Stage& stage) {
  if (!FollowsParent(stage)) return;
  // First the signal, then the look: a death in between is seen by one or the other.
  Syscall(__NR_prctl, kSetDeathSignal, SIGKILL);
  if (HasLostParent(stage.report_fd) || HasHungUp(stage.report_fd)) Leave(1);
  AskWitness(stage);
}

}  // namespace nskit
