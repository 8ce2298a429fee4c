// The text of /proc/PID/status, parsed. Pure: no system call, no JavaScript.
#pragma once

#include <stdint.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "status_columns.h"

namespace nskit {

// Texts that many processes share, each once.
class StringPool {
 public:
  size_t Add(std::string_view text);
  const std::vector<std::string>& strings() const { return strings_; }
  const std::string& at(size_t index) const { return strings_[index]; }

 private:
  std::vector<std::string> strings_;
  std::unordered_map<std::string, size_t> indexes_;
};

// Many processes' rows. What has no fixed length is in pools that the rows point into.
struct StatusTable {
  std::vector<uint64_t> slots;  // status_slot::kCount for each row
  std::vector<double> numbers;  // lists
  StringPool strings;
  std::vector<size_t> memory_keys;  // the strings that the last process gives in kB, in order
};

struct StatusFault {
  size_t line = 0;  // 1 for the first
  std::string reason;
};

// One line: the key up to its first colon, the value without the one tab that the kernel puts before it.
struct StatusLine {
  std::string_view key;
  std::string_view value;
};

// Takes the next line off `rest`. Lines end at 0x0A alone: a name may hold any other byte.
// False where the line has no colon; the line is then all in `key`.
bool NextStatusLine(std::string_view& rest, StatusLine* line);

// Appends a row; `offset` is where the text stands among all. False, with nothing appended, where a field
// that is known here does not read.
bool ParseStatus(std::string_view text, size_t offset, StatusTable* table, StatusFault* fault);

}  // namespace nskit
