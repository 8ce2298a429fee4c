// One request to rtnetlink, as TypeScript laid it out, and the kernel's answer to it.

#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/sockios.h>

#include "stage.h"

namespace nskit {
namespace {

constexpr int kNetlink = 16;  // AF_NETLINK
constexpr int kRaw = 3;       // SOCK_RAW
constexpr int kIndexAt = 20;  // of ifinfomsg and of ifaddrmsg alike, behind the header's 16 bytes
constexpr int kErrExist = 17;

// By name: what the index is, only the namespace knows in which the link has come to be.
long PutIndex(const char* link, unsigned char* message) {
  const long fd = Syscall(__NR_socket, kUnix, kDatagram | kOpenCloseOnExec, 0);
  if (fd < 0) return fd;
  ifreq request = {};
  for (size_t i = 0; link[i] != 0 && i < IFNAMSIZ - 1; i++) request.ifr_name[i] = link[i];
  const long result = Syscall(__NR_ioctl, fd, SIOCGIFINDEX, Arg(&request));
  Close(static_cast<int>(fd));
  if (result < 0) return result;
  *reinterpret_cast<int*>(message + kIndexAt) = request.ifr_ifindex;
  return 0;
}

// The acknowledgement carries the errno, and of the request no more than its header (NETLINK_CAP_ACK is not
// set, so the request may follow; what does not fit is cut off).
long Acknowledged(long fd) {
  struct {
    nlmsghdr header;
    int32_t error;
    char rest[256];
  } answer = {};
  long size;
  do {
    size = Syscall(__NR_recvfrom, fd, Arg(&answer), sizeof(answer), 0, 0, 0);
  } while (size == -kErrIntr);
  if (size < 0) return size;
  constexpr long kLeast = sizeof(nlmsghdr) + sizeof(int32_t);
  return size >= kLeast && answer.header.nlmsg_type == NLMSG_ERROR ? answer.error : -kErrIo;
}

}  // namespace

long RequestNetlink(const Stage& stage, const PlanStep& step) {
  unsigned char* message = reinterpret_cast<unsigned char*>(At(stage, step.data));
  if (step.more != 0) {
    const long found = PutIndex(At(stage, step.more), message);
    if (found < 0) return found;
  }
  const long fd = Syscall(__NR_socket, kNetlink, kRaw | kOpenCloseOnExec, NETLINK_ROUTE);
  if (fd < 0) return fd;
  // Without an address a netlink message goes to the kernel.
  const long sent = Syscall(__NR_sendto, fd, Arg(message), step.data_size, 0, 0, 0);
  const long result = sent < 0 ? sent : Acknowledged(fd);
  Close(static_cast<int>(fd));
  return result == -kErrExist && step.flags == kMayExist ? 0 : result;
}

}  // namespace nskit
