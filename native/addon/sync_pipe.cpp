#include "sync_pipe.h"

#include <errno.h>
#include <sys/socket.h>

namespace nskit {

SyncPipe::SyncPipe(int index, OwnedFd fd, std::optional<Input> input, bool reads)
    : index_(index), fd_(std::move(fd)), reads_(reads), reading_(reads) {
  if (!input) return;
  input_ = input->bytes;
  left_ = input->size;
  if (left_ == 0) shutdown(fd_.get(), SHUT_WR);
}

pollfd SyncPipe::Interest() const {
  // Not with no events: poll would report a hangup again and again.
  if (!busy()) return {-1, 0, 0};
  const int events = (reading_ ? POLLIN : 0) | (left_ > 0 ? POLLOUT : 0);
  return {fd_.get(), static_cast<short>(events), 0};
}

bool SyncPipe::Move(size_t limit) {
  if (fd_ && left_ > 0) Write();
  return !fd_ || !reading_ || Read(limit);
}

void SyncPipe::Write() {
  while (left_ > 0) {
    const ssize_t n = send(fd_.get(), input_, left_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    // A reader that has gone does not want the rest; that is no error of the command.
    if (n < 0) left_ = 0;
    if (n > 0) {
      input_ += n;
      left_ -= static_cast<size_t>(n);
    }
  }
  shutdown(fd_.get(), SHUT_WR);
}

bool SyncPipe::Read(size_t limit) {
  char buffer[64 << 10];
  for (;;) {
    const ssize_t n = recv(fd_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return true;
    if (n <= 0) {
      reading_ = false;
      return true;
    }
    output_.append(buffer, static_cast<size_t>(n));
    if (limit > 0 && output_.size() > limit) {
      output_.resize(limit);
      return false;
    }
  }
}

}  // namespace nskit
