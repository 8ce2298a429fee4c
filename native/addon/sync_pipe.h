#pragma once

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include <string>

#include "owned_fd.h"

namespace nskit {

// The parent's end of one of spawnSync's pipes: a stream socket.
class SyncPipe {
 public:
  // `input` must outlive it; null with a size of 0 for none.
  SyncPipe(OwnedFd fd, const uint8_t* input, size_t input_size, bool reads);

  bool open() const { return static_cast<bool>(fd_); }
  bool reads() const { return reads_; }
  const std::string& output() const { return output_; }
  pollfd Interest() const;
  // Moves what can be moved without blocking. False when more than `limit` bytes have come (0: no
  // limit): the output is cut there.
  bool Move(size_t limit);
  void Close() { fd_.Close(); }

 private:
  void Write();
  bool Read(size_t limit);
  void EndInput();

  OwnedFd fd_;
  const uint8_t* input_;
  size_t left_;
  bool reads_;
  std::string output_;
};

}  // namespace nskit
