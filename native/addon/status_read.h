// /proc/PID/status, read.
#pragma once

#include <stdlib.h>
#include <sys/types.h>

#include <memory>
#include <string_view>
#include <vector>

#include "owned_fd.h"

namespace nskit {

// Reads status files, one behind the other into one block that grows.
class StatusReader {
 public:
  // 0, or a negative errno.
  int Open();

  // Every pid that /proc shows. 0, or a negative errno.
  int List(std::vector<pid_t>* pids);

  // `process`: a pid, or "self". The text is good until the next call. 0, or a negative errno:
  // -ESRCH where the process has ended, be it before the open or before the read.
  int Read(const char* process, std::string_view* text);

  // All that was read.
  std::string_view bytes() const { return std::string_view(block_.get(), size_); }

 private:
  struct Free {
    void operator()(char* block) const { free(block); }
  };

  bool Grow();

  OwnedFd proc_;
  // Of malloc: realloc moves a large block by its page tables, where a vector would copy it.
  std::unique_ptr<char, Free> block_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace nskit
