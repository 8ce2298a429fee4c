#include "status_parse.h"

#include <string.h>

#include <cmath>

#include "status_fields.h"
#include "status_scan.h"

namespace nskit {
namespace {

class RowParser {
 public:
  RowParser(std::string_view text, size_t offset, StatusTable* table)
      : text_(text), table_(table), row_(table->slots.size()), numbers_(table->numbers.size()) {
    table->slots.resize(row_ + status_slot::kCount, Bits(std::nan("")));
    Put(status_slot::text, static_cast<double>(offset));
    Put(status_slot::text + 1, static_cast<double>(text.size()));
    // A set that the kernel does not know of is empty: no ambient capabilities before 4.3.
    for (size_t slot = status_slot::pending; slot <= status_slot::capAmbient; slot++) PutMask(slot, 0);
  }

  bool Parse(StatusFault* fault) {
    std::string_view rest = text_;
    StatusLine line;
    do {
      line_++;
      if (!NextStatusLine(rest, &line)) return Refuse(fault, line.key, "expected 'key: value'");
      // Only the kernel's first line holds what the process chose.
      if (line_ == 1 && line.key != "Name") return Refuse(fault, line.key, "expected the Name");
      if (IsMemory(line.key)) {
        if (!Memory(line)) return Refuse(fault, line.value, "expected a number of kB");
        continue;
      }
      const size_t index = Find(line.key);
      // What a newer kernel adds, and a key that came before, change nothing.
      if (index == kStatusFieldCount || (seen_ >> index & 1)) continue;
      seen_ |= uint64_t{1} << index;
      const StatusField& field = kStatusFields[index];
      if (!Read(field, line.value)) return Refuse(fault, line.value, Expected(field.kind));
    } while (!rest.empty());
    Finish();
    return true;
  }

  void Discard() {
    table_->slots.resize(row_);
    table_->numbers.resize(numbers_);
  }

 private:
  static uint64_t Bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
  }

  void Put(size_t slot, double value) { table_->slots[row_ + slot] = Bits(value); }
  void PutMask(size_t slot, uint64_t value) { table_->slots[row_ + slot] = value; }

  bool Refuse(StatusFault* fault, std::string_view found, const char* expected) const {
    fault->line = line_;
    fault->reason = std::string(expected) + ", found '" + std::string(found.substr(0, 80)) + "'";
    return false;
  }

  // The lines come in the table's order, so the next one is mostly the one after the last.
  size_t Find(std::string_view key) {
    if (expected_ < kStatusFieldCount && kStatusFields[expected_].key == key) return expected_++;
    for (size_t i = 0; i < kStatusFieldCount; i++) {
      if (kStatusFields[i].key != key) continue;
      expected_ = i + 1;
      return i;
    }
    return kStatusFieldCount;
  }

  bool Read(const StatusField& field, std::string_view value) {
    uint64_t number = 0;
    switch (field.kind) {
      case StatusKind::Number:
      case StatusKind::Octal:
        if (!WholeNumber(value, field.kind == StatusKind::Octal ? 8 : 10, &number)) return false;
        Put(field.slot, static_cast<double>(number));
        return true;
      case StatusKind::Letter:
        // "S (sleeping)"
        if (value.size() < 2 || value[1] != ' ') return false;
        Put(field.slot, static_cast<unsigned char>(value[0]));
        return true;
      case StatusKind::Quad:
        return Quad(field.slot, value);
      case StatusKind::List:
        return List(field.slot, value);
      case StatusKind::Pair:
        return Pair(field.slot, value);
      case StatusKind::SignalMask:
        return SignalMask(field.slot, value);
      case StatusKind::CapabilityMask:
        if (!WholeNumber(value, 16, &number)) return false;
        PutMask(field.slot, number);
        return true;
      case StatusKind::AddressMask:
        if (value.substr(0, 2) != "0x" || !WholeNumber(value.substr(2), 16, &number)) return false;
        Put(field.slot, 0);
        PutMask(field.slot + 1, number);
        return true;
      case StatusKind::Text:
        Put(field.slot, static_cast<double>(StringIndex(field.slot, value)));
        return true;
    }
    return false;
  }

  bool Quad(size_t slot, std::string_view value) {
    for (size_t i = 0; i < 4; i++) {
      uint64_t id;
      if (i > 0 && !TakeBlanks(value)) return false;
      if (!TakeId(value, &id)) return false;
      Put(slot + i, static_cast<double>(id));
    }
    return value.empty();
  }

  bool List(size_t slot, std::string_view value) {
    const size_t start = table_->numbers.size();
    TakeBlanks(value);
    while (!value.empty()) {
      uint64_t id;
      if (!TakeId(value, &id)) return false;
      table_->numbers.push_back(static_cast<double>(id));
      if (!value.empty() && !TakeBlanks(value)) return false;
    }
    Put(slot, static_cast<double>(start));
    Put(slot + 1, static_cast<double>(table_->numbers.size() - start));
    return true;
  }

  bool Pair(size_t slot, std::string_view value) {
    const size_t slash = value.find('/');
    uint64_t first, second;
    if (slash == std::string_view::npos) return false;
    if (!WholeNumber(value.substr(0, slash), 10, &first)) return false;
    if (!WholeNumber(value.substr(slash + 1), 10, &second)) return false;
    Put(slot, static_cast<double>(first));
    Put(slot + 1, static_cast<double>(second));
    return true;
  }

  bool SignalMask(size_t slot, std::string_view value) {
    const size_t high_digits = value.size() > 16 ? value.size() - 16 : 0;
    uint64_t low, high = 0;
    if (!WholeNumber(value.substr(high_digits), 16, &low)) return false;
    if (high_digits > 0 && !WholeNumber(value.substr(0, high_digits), 16, &high)) return false;
    PutMask(slot, low);
    PutMask(slot + 1, high);
    return true;
  }

  // "VmRSS:\t    1234 kB"
  bool Memory(const StatusLine& line) {
    constexpr std::string_view kUnit = " kB";
    std::string_view value = line.value;
    uint64_t number;
    TakeBlanks(value);
    if (value.size() < kUnit.size() || value.substr(value.size() - kUnit.size()) != kUnit) return false;
    value.remove_suffix(kUnit.size());
    if (!WholeNumber(value, 10, &number)) return false;
    const double key = static_cast<double>(MemoryKey(line.key));
    for (size_t i = 0; i < memory_.size(); i += 2) {
      if (memory_[i] == key) return true;
    }
    memory_.push_back(key);
    memory_.push_back(static_cast<double>(number));
    return true;
  }

  // Processes have the same lines in the same order, but for those without memory.
  size_t MemoryKey(std::string_view key) {
    std::vector<size_t>& keys = table_->memory_keys;
    const size_t place = memory_.size() / 2;
    if (place < keys.size() && table_->strings.at(keys[place]) == key) return keys[place];
    keys.resize(place);
    keys.push_back(table_->strings.Add(key));
    return keys.back();
  }

  // Most texts are what the process before has in the same place.
  size_t StringIndex(size_t slot, std::string_view text) {
    if (row_ > 0) {
      double before;
      memcpy(&before, &table_->slots[row_ - status_slot::kCount + slot], sizeof before);
      if (!std::isnan(before) && table_->strings.at(static_cast<size_t>(before)) == text) {
        return static_cast<size_t>(before);
      }
    }
    return table_->strings.Add(text);
  }

  void Finish() {
    Put(status_slot::memory, static_cast<double>(table_->numbers.size()));
    const size_t pairs = memory_.size() / 2;
    Put(status_slot::memory + 1, static_cast<double>(pairs));
    table_->numbers.insert(table_->numbers.end(), memory_.begin(), memory_.end());
  }

  const std::string_view text_;
  StatusTable* const table_;
  const size_t row_;
  const size_t numbers_;
  size_t line_ = 0;
  size_t expected_ = 0;
  uint64_t seen_ = 0;
  std::vector<double> memory_;
};

}  // namespace

bool NextStatusLine(std::string_view& rest, StatusLine* line) {
  const size_t end = rest.find('\n');
  const std::string_view whole = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  const size_t colon = whole.find(':');
  line->key = whole.substr(0, colon);
  if (colon == std::string_view::npos) return false;
  line->value = whole.substr(colon + 1);
  if (!line->value.empty() && line->value[0] == '\t') line->value.remove_prefix(1);
  return true;
}

size_t StringPool::Add(std::string_view text) {
  const auto [place, added] = indexes_.try_emplace(std::string(text), strings_.size());
  if (added) strings_.emplace_back(text);
  return place->second;
}

bool ParseStatus(std::string_view text, size_t offset, StatusTable* table, StatusFault* fault) {
  RowParser parser(text, offset, table);
  if (parser.Parse(fault)) return true;
  parser.Discard();
  return false;
}

}  // namespace nskit
