#include "receive.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <algorithm>

namespace nskit {
namespace {

constexpr size_t kMaxPassed = 4;

void TakeDescriptors(const cmsghdr* part, Packet& packet) {
  const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (size_t i = 0; i < count; i++) {
    int fd;
    memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
    OwnedFd owned(fd);
    if (!packet.pidfd) packet.pidfd = std::move(owned);
  }
}

void TakeAncillary(msghdr& message, Packet& packet) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET) continue;
    if (part->cmsg_type == SCM_RIGHTS) TakeDescriptors(part, packet);
    if (part->cmsg_type == SCM_CREDENTIALS && part->cmsg_len >= CMSG_LEN(sizeof(ucred))) {
      ucred sender;
      memcpy(&sender, CMSG_DATA(part), sizeof sender);
      packet.pid = sender.pid;
    }
  }
}

void TakeRecord(const ReportRecord& record, size_t size, Packet& packet) {
  packet.kind = static_cast<RecordKind>(record.kind);
  packet.step = record.step;
  packet.error = record.error;
  packet.detail = record.detail;
  packet.status = record.status;
  packet.text.assign(record.text, std::min<size_t>(record.text_size, size - kRecordHead));
}

}  // namespace

Received Receive(int socket, Packet& packet) {
  for (;;) {
    ReportRecord record;
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(kMaxPassed * sizeof(int))];
    iovec part = {&record, sizeof record};
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t n = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN ? Received::Nothing : Received::Hangup;
    if (n == 0) return Received::Hangup;
    packet = Packet();
    TakeAncillary(message, packet);
    if (static_cast<size_t>(n) < kRecordHead) continue;
    TakeRecord(record, static_cast<size_t>(n), packet);
    return Received::Packet;
  }
}

}  // namespace nskit
