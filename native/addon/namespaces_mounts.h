// Namespaces that are kept by a bind mount, from the text of /proc/PID/mountinfo. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "namespaces_table.h"

namespace nskit {

struct NamespaceMount {
  NamespaceName name;
  std::string path;  // as the process sees it
};

std::vector<NamespaceMount> ParseNamespaceMounts(std::string_view mountinfo, const NamespaceTable& table);

}  // namespace nskit
