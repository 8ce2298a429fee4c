// The stage's state, and its parts: each file does one thing to it.
#pragma once

#include "../plan/format.h"
#include "syscall.h"

namespace nskit {

// What OpenTree took hold of. `late`: attributes that it could not be given yet.
struct Tree {
  int fd;
  bool recursive;
  uint32_t late;
};

// A child of the stage may share this memory (Fork, StartInit): the process that made it then only leaves or
// waits, and what it needs afterwards it keeps in locals.
struct Stage {
  unsigned char* plan;
  PlanHeader* header;
  PlanStep* steps;
  char** environment;
  int report_fd;
  int proc_fd;
  int null_fd;
  int root_fd;  // of the root that the command will have, from NewRoot to PivotRoot; else -1
  int map_fd;   // MakeUserNamespace's; -1 without one
  bool pivoted;
  int umask;           // Node's; -1 as long as nobody has asked
  int parent_fd;       // the folder in which something was made last; -1 without one
  const char* parent;  // its path, as it begins some destination, and how much of that it is
  size_t parent_size;
  bool parent_own;  // lies in a tmpfs of the plan
  int helper_fd;
  int helper_pid;
  bool joined;          // is among strangers: not dumpable
  int witness_fd;       // to the stage that forked this sibling; -1 without one
  uint32_t unanswered;  // what it was asked and has not answered yet
  uint32_t current;     // index of the step at work
  Tree trees[kMaxTrees];
  uint64_t own[kMaxSteps];  // devices of the tmpfs that the plan has mounted: only in these is anything made
  uint32_t own_count;
};

// What a step ended with: 0 or a negative errno, and what more the report shall say.
struct Outcome {
  long result;
  uint32_t detail;
};

inline bool FollowsParent(const Stage& stage) {
  return (stage.header->flags & kFollowsParent) != 0;
}
inline char* At(const Stage& stage, uint64_t offset) {
  return reinterpret_cast<char*>(stage.plan + offset);
}
// Lists have become pointers by the time steps run.
inline char** ListAt(const Stage& stage, uint64_t offset) {
  return reinterpret_cast<char**>(stage.plan + offset);
}

// main.cpp: runs the plan from stage.current on.
[[noreturn]] void Run(Stage& stage);
// Reports the step at work as failed and leaves.
[[noreturn]] void Fail(Stage& stage, long result, uint32_t detail = 0, int32_t status = 0,
                       const char* text = nullptr, uint32_t text_size = 0);

// Not dumpable, a process can be traced by nobody in a namespace that it has joined, who could take what it
// still holds of Node's before its exec (CVE-2016-9962). Its own files in /proc then belong to root: for
// writing them it is on.
inline long SetDumpable(bool on) {
  constexpr int kSetDumpable = 4;  // PR_SET_DUMPABLE
  return Syscall(__NR_prctl, kSetDumpable, on ? 1 : 0);
}

// report.cpp
void Send(int report_fd, RecordKind kind, uint32_t step, int32_t error = 0, uint32_t detail = 0,
          int32_t status = 0, const char* text = nullptr, uint32_t text_size = 0);
// With the sender's own pidfd; the kernel adds its pid, as the receiver's pid namespace numbers it.
long SendSelf(int report_fd, RecordKind kind, uint32_t step);
bool HasHungUp(int report_fd);
// Leaves if Node has died, and sees to it that its death is ours from here on.
void FollowParent(Stage& stage);

// steps.cpp
// Through proc_fd, the stage's own entry in /proc: also for the helper, which was made after that was opened.
long WriteProcFile(const Stage& stage, const PlanStep& step);
Outcome RunStep(Stage& stage, const PlanStep& step);

// login_uid.cpp
void SetLoginUid(Stage& stage, const PlanStep& step);

// netlink.cpp
long RequestNetlink(const Stage& stage, const PlanStep& step);

// root.cpp
long MakeRoot(Stage& stage, const PlanStep& step);
long PivotRoot(Stage& stage);
long ChangeDirectory(const Stage& stage, const char* path);

// resolve.cpp: in the new root, where there is one.
// What is there, as a descriptor.
long OpenDestination(Stage& stage, const char* path);
// The same; where it is missing, an empty directory or file is made for others to be mounted on.
long MakeDestination(Stage& stage, const char* path, bool directory);
// Makes what is missing of the folders on the way; gives the last of these, which is kept, and the name in
// it. ENOENT where that one is in no tmpfs of the plan.
long MakeParents(Stage& stage, const char* path, const char** last);
void ForgetParents(Stage& stage);
// A tmpfs that the plan has just mounted, by a descriptor of its root.
long AddOwn(Stage& stage, int root);
// A new folder with that mode, whatever Node's umask.
long MakeFolder(Stage& stage, int dir, const char* name, int mode);
// A new file, open for writing.
long MakeFile(Stage& stage, int dir, const char* name, int mode);

// bind.cpp
long OpenTree(Stage& stage, const PlanStep& step);
long AttachTree(Stage& stage, const PlanStep& step);
long SetAttributes(Stage& stage, const PlanStep& step);
long PlaceTree(int tree, int destination);

// attributes.cpp: for kernels before 5.12. ENOSYS where submounts would be left out.
long SetAttributesByRemount(int tree, bool recursive, uint64_t attributes);

// mount_at.cpp
long MountAt(Stage& stage, const PlanStep& step);
long MaskPath(Stage& stage, const PlanStep& step);

// files.cpp
long MakeDirectory(Stage& stage, const PlanStep& step);
// To be put over a file, with nothing in it.
long MakeEmptyFile(Stage& stage);
long MakeSymlink(Stage& stage, const PlanStep& step);
long WriteFile(Stage& stage, const PlanStep& step);

// id_mapping.cpp
long MakeUserNamespace(Stage& stage, const PlanStep& step);

// helper.cpp
long StartHelper(Stage& stage);
// Has the helper do the step at work; does not return where it is refused.
void AskHelper(Stage& stage);
void EndHelper(Stage& stage);

// fork.cpp
long ForkIntoNamespaces(Stage& stage, const PlanStep& step);
// A Node that is being killed loses its children thread by thread, and closes its end of the report socket
// with its last one: a process that sets its death signal in between gets neither that signal nor the hangup.
// The stage set its own long before, so it is killed in the very moment in which they lose their parent: its
// answer to what was asked after the setting says that the signal will come. Asked early and awaited late, it
// costs no time.
void AskWitness(Stage& stage);
void AwaitWitness(Stage& stage);
// init.cpp
long StartInit(Stage& stage, const PlanStep& step);

// cgroup.cpp
long EnterCgroup(const Stage& stage, const PlanStep& step);

// privileges.cpp: where one of several is refused, `detail` is 1 + its place in the list, or 1 + its bit.
Outcome SetLimits(const Stage& stage, const PlanStep& step);
Outcome DropBounding(uint64_t keep);
long KeepCapabilities();
Outcome SetCapabilities(const Stage& stage, const PlanStep& step);
long SetNoNewPrivileges();
// For the init, whose only work on others is to pass signals on, also to ids that are not its own: who may
// trace it has no capability by that, nor by an exec as uid 0.
long KeepOnlyKill();
long JoinNewKeyring();
long InstallFilter(const Stage& stage, const PlanStep& step);

// descriptors.cpp
long MoveDescriptors(Stage& stage, const PlanStep& step);
long CloseAllBut(int fd);

// exec.cpp
long Execute(Stage& stage, const PlanStep& step);
// Tries each of the candidates; returns the errno of the one that counts, as execvp(3) does.
long ExecuteAny(char** candidates, char** argv, char** environment);

}  // namespace nskit
