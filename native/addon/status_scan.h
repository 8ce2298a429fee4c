// Numbers as the kernel prints them, taken off the front of a text.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <limits>
#include <string_view>

namespace nskit {

// Takes a run of digits off `text`. False where there is none or it passes 64 bits.
inline bool TakeDigits(std::string_view& text, unsigned base, uint64_t* value) {
  size_t length = 0;
  uint64_t sum = 0;
  for (; length < text.size(); length++) {
    const char c = text[length];
    unsigned digit = base;
    if (c >= '0' && c <= '9') digit = c - '0';
    if (base == 16 && c >= 'a' && c <= 'f') digit = c - 'a' + 10;
    if (digit >= base) break;
    if (__builtin_mul_overflow(sum, base, &sum) || __builtin_add_overflow(sum, digit, &sum)) return false;
  }
  text.remove_prefix(length);
  *value = sum;
  return length > 0;
}

// False where there are none.
inline bool TakeBlanks(std::string_view& text) {
  const size_t length = text.find_first_not_of(" \t");
  const bool any = length != 0;
  text.remove_prefix(length == std::string_view::npos ? text.size() : length);
  return any;
}

inline bool TakeId(std::string_view& text, uint64_t* id) {
  return TakeDigits(text, 10, id) && *id <= std::numeric_limits<uint32_t>::max();
}

// All of `text` is one number.
inline bool WholeNumber(std::string_view text, unsigned base, uint64_t* value) {
  return TakeDigits(text, base, value) && text.empty();
}

}  // namespace nskit
