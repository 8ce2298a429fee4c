#include "namespaces_table.h"

#include <algorithm>

#include "status_scan.h"

namespace nskit {

NamespaceTable::NamespaceTable(std::vector<std::string> types) : types_(std::move(types)) {
  user_type_ = std::find(types_.begin(), types_.end(), "user") - types_.begin();
}

bool NamespaceTable::Parse(std::string_view text, NamespaceName* name) const {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto type = std::find(types_.begin(), types_.end(), text.substr(0, colon));
  if (type == types_.end()) return false;
  std::string_view rest = text.substr(colon + 1);
  if (rest.size() < 3 || rest.front() != '[' || rest.back() != ']') return false;
  name->type = type - types_.begin();
  return WholeNumber(rest.substr(1, rest.size() - 2), 10, &name->ino);
}

size_t NamespaceTable::Put(const NamespaceName& name, bool* added) {
  const auto [place, fresh] = indexes_.try_emplace(name.ino, rows_.size());
  *added = fresh;
  if (fresh) {
    rows_.emplace_back();
    rows_.back().type = name.type;
    rows_.back().ino = name.ino;
  }
  return place->second;
}

}  // namespace nskit
