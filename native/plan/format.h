// The plan: what TypeScript compiles, the addon carries and the stage executes.
//
// One block of bytes in a shared memfd: a header, the steps, then the data that
// the steps refer to by offset. Little-endian, as both supported machines are.
// The same tables stand in lib/plan/format.ts; test/plan/format.test.ts compares them.
#pragma once

#include <stdint.h>

namespace nskit {

constexpr uint32_t kPlanMagic = 0x746b736e;  // "nskt"
constexpr uint32_t kPlanVersion = 1;
constexpr uint32_t kMaxSteps = 1024;
constexpr uint32_t kMaxPlanSize = 16u << 20;

// header.flags
constexpr uint32_t kFollowsParent = 1;  // leave as soon as the report socket hangs up: Node has died
constexpr uint32_t kBornInCgroup = 2;   // set by the addon: EnterCgroup is done

struct PlanHeader {
  uint32_t magic;
  uint32_t version;
  uint32_t size;  // of the whole plan; its last byte is NUL, so every string ends inside it
  uint32_t step_count;
  int32_t report_fd;  // filled in by the addon: the child's end of the report socket
  uint32_t flags;
  uint32_t progress;    // written by the stage: 1 + index of the step it is at, 0 before the first
  uint32_t forked_pid;  // written by the kernel (CLONE_PARENT_SETTID): the pid of what `fork` made
  int32_t error;        // written by the stage with kFailedBit: a filter can refuse the record that says it
  uint32_t audit_session;  // written by the stage: what SetLoginUid was given, 0 for none
};
static_assert(sizeof(PlanHeader) == 40, "the layout is shared with TypeScript");

// A string list is an array of uint64 offsets ended by 0; the stage turns it into char** in place.
struct PlanStep {
  uint32_t op;
  uint32_t flags;
  int64_t number;
  uint32_t data;       // offset from the plan's start, 0 for none
  uint32_t data_size;  // bytes; of a string with its NUL; of a list its number of strings
  uint32_t more;
  uint32_t more_size;
};
static_assert(sizeof(PlanStep) == 32, "the layout is shared with TypeScript");

// X(name, number). What each takes:
// clang-format off
#define NSKIT_OPS(X)                                                                                         \
  X(OpenProc, 1)         /* opens /proc/self, for the writes that follow a change of mounts */               \
  X(JoinFd, 2)           /* number: fd; flags: the CLONE_NEW* flag it must be */                             \
  X(JoinPid, 3)          /* number: pid; flags: CLONE_NEW* of what to enter, in one setns */                 \
  X(StartHelper, 4)      /* a process that stays outside the new user namespace and writes its maps */       \
  X(Unshare, 5)          /* flags: CLONE_NEW* */                                                             \
  X(WriteProcFile, 6)    /* flags: 1 = by the helper; data: name in /proc/self; more: content (no NUL) */    \
  X(RunMapper, 7)        /* by the helper; data: candidates (list); more: argv, argv[1] room for a pid */    \
  X(SetGroups, 8)        /* number: count; data: uint32 ids */                                               \
  X(BecomeRoot, 9)       /* uid and gid become 0 where unmapped: equal to the overflow ids in `number` */    \
  X(SetGid, 10)          /* number: gid */                                                                   \
  X(SetUid, 11)          /* number: uid */                                                                   \
  X(SetHostname, 12)     /* data: name */                                                                    \
  X(SetDomainname, 13)   /* data: name */                                                                    \
  X(LoopbackUp, 14)                                                                                          \
  X(Mount, 15)           /* number: MS_* flags; data: list [source, target, fstype, options], "" for none */ \
  X(Fork, 16)            /* goes on in a sibling (CLONE_PARENT), header.forked_pid; flags: 1 = one memory */ \
  X(StartInit, 17)       /* goes on in a child, which says Hello; this one stays; flags: as Fork */          \
  X(NewSession, 18)                                                                                          \
  X(ChangeDirectory, 19) /* data: path */                                                                    \
  X(Descriptors, 20)     /* number: count; data: int32 pairs (target, source); all others are closed */      \
  X(DieWithParent, 21)   /* SIGKILL when the parent goes */                                                  \
  X(Hold, 22)            /* says Held and waits until the report socket hangs up, then leaves */             \
  X(Leave, 23)           /* leaves with status 0: the end of a plan that runs no command */                  \
  X(Exec, 24)            /* flags: 1 = inherit; number: environ, data: argv, more: candidates (lists) */     \
  X(OpenNull, 25)        /* opens /dev/null, for descriptors whose source is kNullSource */                  \
  X(Netlink, 26)         /* data: an rtnetlink request; more: the link whose index goes in; 1 = may exist */ \
  X(PivotRoot, 27)       /* into NewRoot's; the old root is gone */                                          \
  X(NewRoot, 28)         /* flags: 1 tmpfs, data: options; 2 the directory data */                           \
  X(OpenTree, 29)        /* data: source; number: MOUNT_ATTR_*; flags; more_size: the slot it goes into */   \
  X(AttachTree, 30)      /* number: slot; data: destination; flags: 1 = may create it */                     \
  X(MountAt, 31)         /* as Mount, in the new root; flags: 1 = may create the destination */              \
  X(SetAttributes, 32)   /* number: MOUNT_ATTR_*; data: destination; flags */                                \
  X(MaskPath, 33)        /* data: destination, hidden if there is one */                                     \
  X(MakeSymlink, 34)     /* data: destination; more: what it points to */                                    \
  X(WriteFile, 35)       /* number: mode; data: destination; more: content; flags: 1 = may create it */      \
  X(MakeUserNamespace, 36) /* data, more: its uid and gid map (no NUL), for what OpenTree maps */            \
  X(EnterCgroup, 37)      /* data: its directory */                                                           \
  X(NewKeyring, 38)      /* an own session keyring */                                                        \
  X(SetLimits, 39)       /* number: count; data: uint32 resource, 0, uint64 soft, hard of each; flags */     \
  X(DropBounding, 40)    /* number: the capabilities that stay */                                            \
  X(KeepCapabilities, 41)  /* through SetUid */                                                              \
  X(SetCapabilities, 42) /* data: 4 uint64: permitted, effective, inheritable, ambient */                    \
  X(NoNewPrivileges, 43)                                                                                     \
  X(Seccomp, 44)         /* flags: SECCOMP_FILTER_FLAG_*; number: count; data: that many sock_filter */      \
  X(MakeDirectory, 45)   /* number: mode; data: destination */                                               \
  X(SetLoginUid, 46)     /* number: uid; where it may not be set, nothing happens */
// clang-format on

enum class Op : uint32_t {
#define NSKIT_ENUM(name, number) name = number,
  NSKIT_OPS(NSKIT_ENUM)
#undef NSKIT_ENUM
};

constexpr int32_t kNullSource = -1;  // Descriptors: what OpenNull opened
// Every CLONE_NEW*: time, mnt, cgroup, uts, ipc, user, pid, net.
constexpr uint32_t kNamespaceFlags = 0x7e020080;

constexpr uint32_t kByHelper = 1;            // WriteProcFile
constexpr uint32_t kShareMemory = 1;         // Fork, StartInit
constexpr uint32_t kIfAllowed = 1;           // SetGroups: EPERM is no failure
constexpr uint32_t kInheritEnvironment = 1;  // Exec
constexpr uint32_t kMayExist = 1;            // Netlink
constexpr uint32_t kHardOnly = 1;            // SetLimits: hard limits that are lower are raised, no more
constexpr uint32_t kRootTmpfs = 1;           // NewRoot
constexpr uint32_t kRootDirectory = 2;
constexpr uint32_t kMayCreate = 1;  // AttachTree, MountAt, WriteFile
constexpr uint32_t kRecursive = 1;  // OpenTree, SetAttributes
constexpr uint32_t kIdmapped = 2;   // OpenTree: by the namespace of MakeUserNamespace
constexpr uint32_t kBindSelf = 2;   // SetAttributes: makes the destination a mount of its own first
constexpr uint32_t kIfPresent = 4;  // SetAttributes: an absent destination is no failure

constexpr uint32_t kMaxTrees = 256;       // slots of OpenTree
constexpr uint32_t kMaxNetlink = 4096;    // bytes of a request
constexpr uint32_t kMaxFilter = 4096;     // instructions, BPF_MAXINSNS
constexpr uint32_t kCapabilityWords = 8;  // of SetCapabilities

// In progress: a step was refused. Tells init, whose child shares the plan.
constexpr uint32_t kFailedBit = 1u << 31;

// What the stage says on the report socket (SOCK_SEQPACKET), one packet each.
// clang-format off
#define NSKIT_RECORDS(X)                                                                                     \
  X(Hello, 1)    /* the sender goes on; its pidfd is in SCM_RIGHTS, its pid in SCM_CREDENTIALS */            \
  X(Failed, 2)   /* step, error, detail, status, text */                                                     \
  X(Running, 3)  /* from init: the command has been executed */                                              \
  X(Exited, 4)   /* from init: the command ended with wait status `status` */                                \
  X(Held, 5)     /* at the step Hold */
// clang-format on

enum class RecordKind : uint32_t {
#define NSKIT_ENUM(name, number) name = number,
  NSKIT_RECORDS(NSKIT_ENUM)
#undef NSKIT_ENUM
};

constexpr uint32_t kMaxText = 992;

struct ReportRecord {
  uint32_t kind;
  uint32_t step;    // index
  int32_t error;    // errno, positive
  uint32_t detail;  // which of several: Unshare, JoinFd: its flag; limits, capabilities: 1 + its index or bit
  int32_t status;   // wait status of newuidmap or of the command
  uint32_t text_size;  // what newuidmap said on stderr
  char text[kMaxText];
};
static_assert(sizeof(ReportRecord) == 1016, "the layout is shared with TypeScript");
constexpr uint32_t kRecordHead = 24;  // a packet is this long plus text_size

}  // namespace nskit
