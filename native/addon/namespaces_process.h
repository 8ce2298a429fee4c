// What a listing says of a namespace's first process.
#pragma once

#include <stdint.h>

#include <string>

namespace nskit {

struct ProcessFacts {
  uint32_t uid = UINT32_MAX;  // effective; UINT32_MAX where it could not be read
  std::string command;        // empty where it could not be read
};

// `process` is a name in the folder `proc`. A process that has ended leaves the facts as they are.
ProcessFacts ReadProcessFacts(int proc, const char* process);

// All of a file of `folder`, which /proc gives out piece by piece. 0, or a negative errno.
int ReadProcFile(int folder, const char* path, std::string* text);

}  // namespace nskit
