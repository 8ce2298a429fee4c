#pragma once

namespace nskit {

// The stage, ready to be executed.
struct StageImage {
  int fd = -1;            // a sealed memfd, or -1 where the host allows none
  int refused = 0;        // why not: an errno
  const char* path = "";  // the same program as a file beside the addon, for hosts that forbid memfd exec
};

// Made at the first call, shared by all threads, kept as long as the process.
const StageImage& Stage();

}  // namespace nskit
