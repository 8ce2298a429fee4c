// The audit session: the kernel gives a fresh one to whoever sets its loginuid, and to all its descendants.

#include "stage.h"

namespace nskit {
namespace {

constexpr size_t kDigits = 10;

// Without a NUL; gives its length.
size_t Decimal(uint32_t number, char* text) {
  char reversed[kDigits];
  size_t length = 0;
  do {
    reversed[length++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  for (size_t i = 0; i < length; i++) text[i] = reversed[length - 1 - i];
  return length;
}

long Open(const char* path, int flags) {
  return Syscall(__NR_openat, kAtFdCwd, Arg(path), flags | kOpenCloseOnExec);
}

bool Write(uint32_t uid) {
  const long fd = Open("/proc/self/loginuid", kOpenWriteOnly);
  if (fd < 0) return false;
  char text[kDigits];
  const long written = Syscall(__NR_write, fd, Arg(text), Decimal(uid, text));
  Close(static_cast<int>(fd));
  return written > 0;
}

uint32_t ReadSession() {
  const long fd = Open("/proc/self/sessionid", kOpenReadOnly);
  if (fd < 0) return 0;
  char text[kDigits];
  const long length = Syscall(__NR_read, fd, Arg(text), sizeof text);
  Close(static_cast<int>(fd));
  uint32_t session = 0;
  for (long i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
    session = session * 10 + static_cast<uint32_t>(text[i] - '0');
  }
  return session;
}

}  // namespace

// A command without a session of its own is still a command. Told here, not read by Node: a command may have
// ended by then, and its entry in /proc with it.
void SetLoginUid(Stage& stage, const PlanStep& step) {
  if (Write(static_cast<uint32_t>(step.number))) stage.header->audit_session = ReadSession();
}

}  // namespace nskit
