// /proc/PID/status, read.
#pragma once

#include <sys/types.h>

#include <string_view>
#include <vector>

#include "owned_fd.h"

namespace nskit {

// Reads status files into one buffer that grows with the largest.
class StatusReader {
 public:
  // 0, or a negative errno.
  int Open();

  // Every pid that /proc shows. 0, or a negative errno.
  int List(std::vector<pid_t>* pids);

  // `process`: a pid, or "self". The text is good until the next call. 0, or a negative errno:
  // -ESRCH where the process has ended, be it before the open or before the read.
  int Read(const char* process, std::string_view* text);

 private:
  OwnedFd proc_;
  std::vector<char> buffer_;
};

}  // namespace nskit
