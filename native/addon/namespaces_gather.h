// Which namespaces each process is in, and which it holds: by a descriptor, or for its children.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "namespaces_table.h"

namespace nskit {

struct HeldNamespace {
  std::string link;  // in the process's folder: "fd/7", "ns/time_for_children"
  NamespaceName name;
};

struct ProcessNamespaces {
  pid_t pid = 0;
  std::vector<NamespaceName> in;
  std::vector<HeldNamespace> held;
};

// All processes of the folder `proc`, in ascending order; what the caller may not inspect has none.
// 0, or a negative errno.
int GatherNamespaces(int proc, const NamespaceTable& table, std::vector<ProcessNamespaces>* processes);

// Of an errno: 0, negative, where descriptors or memory ran out. Everything else says that a process has
// ended, or that what it has is not for the caller to see.
int ShortageOnly(int error);

}  // namespace nskit
