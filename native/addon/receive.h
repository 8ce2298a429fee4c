#pragma once

#include <sys/types.h>

#include <string>

#include "../plan/format.h"
#include "owned_fd.h"

namespace nskit {

// One packet of the report socket.
struct Packet {
  RecordKind kind{};
  uint32_t step = 0;
  int32_t error = 0;
  uint32_t detail = 0;
  int32_t status = 0;
  std::string text;
  pid_t pid = 0;  // of the sender, as this process's pid namespace numbers it; 0 where it has no number
  OwnedFd pidfd;
};

enum class Received { Packet, Nothing, Hangup };

// Never blocks. A packet that is shorter than a record's head is left out.
Received Receive(int socket, Packet& packet);

}  // namespace nskit
