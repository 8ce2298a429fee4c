// Namespaces as they are found, each once. Pure: no system call, no JavaScript.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nskit {

struct NamespaceRow {
  size_t type = 0;  // index into the table's types
  uint64_t ino = 0;
  uint32_t processes = 0;
  pid_t pid = 0;  // of the first process met; 0: none
  uint32_t uid = UINT32_MAX;
  uint64_t owner = 0;  // 0: out of sight
  uint64_t parent = 0;
  std::string command;
  std::vector<std::string> paths;
};

// What a link of /proc/PID/ns or /proc/PID/fd and the root field of a mount say: "net:[4026531840]".
struct NamespaceName {
  size_t type = 0;
  uint64_t ino = 0;
};

class NamespaceTable {
 public:
  // `types`: the kernel's names.
  explicit NamespaceTable(std::vector<std::string> types);

  const std::vector<std::string>& types() const { return types_; }
  size_t user_type() const { return user_type_; }
  const std::vector<NamespaceRow>& rows() const { return rows_; }
  NamespaceRow& row(size_t index) { return rows_[index]; }

  // False for the name of anything else: a pipe, a socket, a path, a type that is not asked for.
  bool Parse(std::string_view text, NamespaceName* name) const;

  // The index of its row; `added` tells whether this made it.
  size_t Put(const NamespaceName& name, bool* added);

 private:
  std::vector<std::string> types_;
  size_t user_type_ = 0;
  std::vector<NamespaceRow> rows_;
  // nsfs is one filesystem: the inode alone identifies a namespace of whatever type.
  std::unordered_map<uint64_t, size_t> indexes_;
};

}  // namespace nskit
