// The mount syscalls that work on descriptors, by which no path is walked twice. Their numbers are the same
// on every architecture; their layouts stand here as the headers of a builder may be older than the kernel it
// builds for.
#pragma once

#include "syscall.h"

namespace nskit {

constexpr int kErrNoEntry = 2;
constexpr int kErrExists = 17;
constexpr int kErrNotDirectory = 20;
constexpr int kErrInvalid = 22;
constexpr int kErrNameTooLong = 36;
constexpr int kErrLoop = 40;

constexpr int kEmptyPath = 0x1000;      // AT_EMPTY_PATH
constexpr int kWithSubmounts = 0x8000;  // AT_RECURSIVE
constexpr int kDetach = 2;              // MNT_DETACH

// open_tree(2), Linux 5.2: a detached copy of what is mounted there, close-on-exec.
inline long CloneTree(int dir, const char* path, int flags) {
  constexpr long kOpenTree = 428;
  constexpr int kClone = 1;  // OPEN_TREE_CLONE
  return Syscall(kOpenTree, dir, Arg(path), kClone | kOpenCloseOnExec | flags);
}

// move_mount(2), Linux 5.2, from descriptor to descriptor.
inline long MoveMount(int tree, int destination) {
  constexpr long kMoveMount = 429;
  constexpr int kEmptyPaths = 0x4 | 0x40;  // MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH
  return Syscall(kMoveMount, tree, Arg(""), destination, Arg(""), kEmptyPaths);
}

// struct mount_attr
struct MountAttributes {
  uint64_t set;
  uint64_t clear;
  uint64_t propagation;
  uint64_t user_namespace;
};
constexpr uint64_t kIdMap = 0x00100000;  // MOUNT_ATTR_IDMAP

// mount_setattr(2), Linux 5.12.
inline long SetMountAttributes(int tree, bool recursive, const MountAttributes& attributes) {
  constexpr long kMountSetAttributes = 442;
  return Syscall(kMountSetAttributes, tree, Arg(""), kEmptyPath | (recursive ? kWithSubmounts : 0),
                 Arg(&attributes), sizeof attributes);
}

// What statx(2) says of a descriptor, with the id of its mount (Linux 5.8, else 0).
struct Facts {
  bool directory;
  uint64_t device;          // of the file system; major and minor as statx(2) has them
  uint64_t special_device;  // of a device file
  uint64_t mount_id;
};
long GetFacts(int fd, Facts* facts);

}  // namespace nskit
