#pragma once

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include <optional>
#include <string>

#include "owned_fd.h"

namespace nskit {

// The parent's end of one of spawnSync's pipes: a stream socket.
class SyncPipe {
 public:
  struct Input {
    const uint8_t* bytes;  // must outlive the pipe
    size_t size;
  };
  // With an input the socket is shut for writing after it, without one it is left as it is.
  SyncPipe(int index, OwnedFd fd, std::optional<Input> input, bool reads);

  int index() const { return index_; }
  bool reads() const { return reads_; }
  // There is something to come or to go.
  bool busy() const { return fd_ && (reading_ || left_ > 0); }
  const std::string& output() const { return output_; }
  pollfd Interest() const;
  // Moves what can be moved without blocking. False when more than `limit` bytes have come (0: no
  // limit): the output is cut there.
  bool Move(size_t limit);
  void Close() { fd_.Close(); }

 private:
  void Write();
  bool Read(size_t limit);

  int index_;
  OwnedFd fd_;
  const uint8_t* input_ = nullptr;
  size_t left_ = 0;
  bool reads_;
  bool reading_;
  std::string output_;
};

}  // namespace nskit
