#include "namespaces_mounts.h"

namespace nskit {
namespace {

std::string_view TakeField(std::string_view& line) {
  const size_t end = line.find(' ');
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return field;
}

bool IsOctal(char c) {
  return c >= '0' && c <= '7';
}

// The kernel writes space, tab, newline and backslash as "\040" (mangle_path).
std::string Unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '\\' && i + 3 < text.size() && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) &&
        IsOctal(text[i + 3])) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace

std::vector<NamespaceMount> ParseNamespaceMounts(std::string_view mountinfo, const NamespaceTable& table) {
  std::vector<NamespaceMount> mounts;
  while (!mountinfo.empty()) {
    const size_t end = mountinfo.find('\n');
    std::string_view line = mountinfo.substr(0, end);
    mountinfo.remove_prefix(end == std::string_view::npos ? mountinfo.size() : end + 1);
    // "id parent major:minor root point options… - type source options": the root of anything else is a path.
    for (int skipped = 0; skipped < 3; skipped++) TakeField(line);
    const std::string_view root = TakeField(line);
    if (root.empty() || root[0] == '/') continue;
    const std::string_view point = TakeField(line);
    const size_t source = line.find(" - ");
    if (source == std::string_view::npos || line.substr(source + 3, 5) != "nsfs ") continue;
    NamespaceMount mount;
    if (!table.Parse(root, &mount.name)) continue;
    mount.path = Unescape(point);
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

}  // namespace nskit
