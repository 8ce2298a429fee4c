// Writes plans as lib/plan/encode.ts does: the steps, then their blocks one behind the other.
#pragma once

#include <string.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "../../../native/plan/format.h"

namespace nskit::test {

using Bytes = std::vector<unsigned char>;

struct Block {
  uint32_t offset = 0;
  uint32_t size = 0;
};

class PlanBuilder {
 public:
  explicit PlanBuilder(uint32_t steps)
      : bytes_(sizeof(PlanHeader) + steps * sizeof(PlanStep)), steps_(steps) {}

  PlanBuilder& Step(Op op, uint32_t flags = 0, int64_t number = 0, Block data = {}, Block more = {}) {
    const PlanStep step = {
        static_cast<uint32_t>(op), flags, number, data.offset, data.size, more.offset, more.size};
    memcpy(&bytes_[sizeof(PlanHeader) + next_++ * sizeof step], &step, sizeof step);
    return *this;
  }

  Block String(const std::string& text) {
    const Block block = {End(), static_cast<uint32_t>(text.size() + 1)};
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    bytes_.push_back(0);
    return block;
  }

  // What is written as it is: its size leaves the NUL out.
  Block Content(const std::string& text) {
    const Block block = String(text);
    return {block.offset, block.size - 1};
  }

  Block List(const std::vector<std::string>& texts) {
    const uint32_t offset = Reserve(8, (texts.size() + 1) * 8);
    for (size_t i = 0; i < texts.size(); i++) {
      const uint64_t at = String(texts[i]).offset;
      memcpy(&bytes_[offset + i * 8], &at, sizeof at);
    }
    return {offset, static_cast<uint32_t>(texts.size())};
  }

  Block Words(std::initializer_list<int32_t> words) {
    const uint32_t size = static_cast<uint32_t>(words.size() * 4);
    const uint32_t offset = Reserve(4, size);
    if (size > 0) memcpy(&bytes_[offset], words.begin(), size);
    return {offset, size};
  }

  Bytes Finish(int report_fd, uint32_t flags = 0) {
    bytes_.push_back(0);
    const PlanHeader header = {kPlanMagic, kPlanVersion, End(), steps_, report_fd, flags, 0, 0, 0, 0};
    memcpy(bytes_.data(), &header, sizeof header);
    return std::move(bytes_);
  }

 private:
  uint32_t End() const { return static_cast<uint32_t>(bytes_.size()); }

  uint32_t Reserve(size_t alignment, size_t size) {
    bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
    const uint32_t offset = End();
    bytes_.resize(bytes_.size() + size);
    return offset;
  }

  Bytes bytes_;
  uint32_t steps_;
  uint32_t next_ = 0;
};

}  // namespace nskit::test
