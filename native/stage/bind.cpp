// Binds: a detached copy of a tree gets its attributes before anybody can see it, then its place.

#include "mounts.h"
#include "stage.h"

namespace nskit {
namespace {

// struct statx, of which these are looked at.
struct Statx {
  uint32_t mask;
  uint32_t unused[6];
  uint16_t mode;
  uint16_t padding;
  uint64_t more[12];
  uint64_t special_device;  // major and minor, of what a device file stands for
  uint64_t device;
  uint64_t mount_id;
  uint64_t rest[13];
};
static_assert(offsetof(Statx, mode) == 0x1c && offsetof(Statx, mount_id) == 0x90 && sizeof(Statx) == 0x100);

// `late`: before 5.12 attributes can only be set on what has its place.
struct Copy {
  int fd;
  bool recursive;
  uint64_t late;
};

long SetOnCopy(Copy* copy, const MountAttributes& attributes) {
  if (attributes.set == 0) return 0;
  const long result = SetMountAttributes(copy->fd, copy->recursive, attributes);
  if (result != -kErrNoSys || (attributes.set & kIdMap) != 0) return result;
  copy->late = attributes.set;
  return 0;
}

long PlaceCopy(const Copy& copy, int destination) {
  const long result = PlaceTree(copy.fd, destination);
  if (result < 0 || copy.late == 0) return result;
  return SetAttributesByRemount(copy.fd, copy.recursive, copy.late);
}

long OpenForTree(Stage& stage, const PlanStep& step, int tree) {
  const char* path = At(stage, step.data);
  if (step.flags != kMayCreate) return OpenDestination(stage, path);
  Facts facts = {};
  const long known = GetFacts(tree, &facts);
  return known < 0 ? known : MakeDestination(stage, path, facts.directory);
}

// The mount that is there, or one made of the place itself.
long SetAt(int destination, const PlanStep& step) {
  const bool recursive = (step.flags & kRecursive) != 0;
  const MountAttributes attributes = {static_cast<uint64_t>(step.number), 0, 0, 0};
  if ((step.flags & kBindSelf) == 0) {
    const long result = SetMountAttributes(destination, recursive, attributes);
    return result == -kErrNoSys ? SetAttributesByRemount(destination, recursive, attributes.set) : result;
  }
  Copy copy = {-1, recursive, 0};
  long result = CloneTree(destination, "", kEmptyPath | (recursive ? kWithSubmounts : 0));
  if (result < 0) return result;
  copy.fd = static_cast<int>(result);
  result = SetOnCopy(&copy, attributes);
  if (result >= 0) result = PlaceCopy(copy, destination);
  Close(copy.fd);
  return result;
}

}  // namespace

// move_mount(2) says EINVAL to a file over a directory and the other way round, mount(2) ENOTDIR.
long PlaceTree(int tree, int destination) {
  const long result = MoveMount(tree, destination);
  Facts from = {}, to = {};
  if (result == -kErrInvalid && GetFacts(tree, &from) >= 0 && GetFacts(destination, &to) >= 0 &&
      from.directory != to.directory) {
    return -kErrNotDirectory;
  }
  return result;
}

long GetFacts(int fd, Facts* facts) {
  constexpr uint32_t kType = 1, kMountId = 0x1000;  // STATX_TYPE, STATX_MNT_ID
  constexpr unsigned kFormat = 0170000, kIsDirectory = 0040000;
  Statx stat = {};
  const long result = Syscall(__NR_statx, fd, Arg(""), kEmptyPath, kType | kMountId, Arg(&stat));
  if (result < 0) return result;
  facts->directory = (stat.mode & kFormat) == kIsDirectory;
  facts->device = stat.device;
  facts->special_device = stat.special_device;
  facts->mount_id = (stat.mask & kMountId) != 0 ? stat.mount_id : 0;
  return 0;
}

long OpenTree(Stage& stage, const PlanStep& step) {
  const bool recursive = (step.flags & kRecursive) != 0;
  const bool mapped = (step.flags & kIdmapped) != 0;
  const long fd = CloneTree(kAtFdCwd, At(stage, step.data), recursive ? kWithSubmounts : 0);
  if (fd < 0) return fd;
  Copy copy = {static_cast<int>(fd), recursive, 0};
  const uint64_t user_namespace = mapped ? static_cast<uint64_t>(stage.map_fd) : 0;
  const long result =
      SetOnCopy(&copy, {static_cast<uint64_t>(step.number) | (mapped ? kIdMap : 0), 0, 0, user_namespace});
  stage.trees[step.more_size] = {copy.fd, recursive, static_cast<uint32_t>(copy.late)};
  return result;
}

long AttachTree(Stage& stage, const PlanStep& step) {
  const Tree& tree = stage.trees[step.number];
  const long destination = OpenForTree(stage, step, tree.fd);
  if (destination < 0) return destination;
  const long result = PlaceCopy({tree.fd, tree.recursive, tree.late}, static_cast<int>(destination));
  Close(static_cast<int>(destination));
  // Nothing that leads to the old root may outlast it.
  Close(tree.fd);
  return result;
}

long SetAttributes(Stage& stage, const PlanStep& step) {
  const long destination = OpenDestination(stage, At(stage, step.data));
  const bool absent = destination == -kErrNoEntry || destination == -kErrNotDirectory;
  if (destination < 0) return absent && (step.flags & kIfPresent) != 0 ? 0 : destination;
  const long result = SetAt(static_cast<int>(destination), step);
  Close(static_cast<int>(destination));
  return result;
}

}  // namespace nskit
