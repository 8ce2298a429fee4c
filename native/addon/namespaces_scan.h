// All namespaces that /proc, their relatives and the mount tables lead to.
#pragma once

#include "namespaces_gather.h"
#include "namespaces_table.h"
#include "owned_fd.h"

namespace nskit {

class NamespaceScan {
 public:
  explicit NamespaceScan(NamespaceTable* table) : table_(*table) {}

  // 0, or a negative errno. What the caller may not see is left out: that is no error.
  int Run();

 private:
  int Process(const ProcessNamespaces& process);
  int Mounts(const char* process, bool is_own);
  int Found(const NamespaceName& name, const char* path, size_t* index);
  int Relate(int fd, size_t index);
  int Relative(int fd, unsigned long request, size_t type, uint64_t* ino);

  NamespaceTable& table_;
  OwnedFd proc_;
};

}  // namespace nskit
