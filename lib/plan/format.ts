/**
 * The plan's layout: the twin of native/plan/format.h, which says what each
 * step takes. test/plan/format.test.ts holds the two against each other.
 */

export const PLAN_MAGIC = 0x746b736e
export const PLAN_VERSION = 1
export const MAX_STEPS = 1024
export const MAX_PLAN_SIZE = 16 << 20
export const HEADER_SIZE = 40
export const STEP_SIZE = 32

/** header.flags: leave as soon as the report socket hangs up, because Node has died. */
export const FOLLOWS_PARENT = 1

export const OPS = {
  OpenProc: 1,
  JoinFd: 2,
  JoinPid: 3,
  StartHelper: 4,
  Unshare: 5,
  WriteProcFile: 6,
  RunMapper: 7,
  SetGroups: 8,
  BecomeRoot: 9,
  SetGid: 10,
  SetUid: 11,
  SetHostname: 12,
  SetDomainname: 13,
  LoopbackUp: 14,
  Mount: 15,
  Fork: 16,
  StartInit: 17,
  NewSession: 18,
  ChangeDirectory: 19,
  Descriptors: 20,
  DieWithParent: 21,
  Hold: 22,
  Leave: 23,
  Exec: 24,
  OpenNull: 25,
  Netlink: 26,
  PivotRoot: 27,
  NewRoot: 28,
  OpenTree: 29,
  AttachTree: 30,
  MountAt: 31,
  SetAttributes: 32,
  MaskPath: 33,
  MakeSymlink: 34,
  WriteFile: 35,
  MakeUserNamespace: 36,
  EnterCgroup: 37,
  NewKeyring: 38,
  SetLimits: 39,
  DropBounding: 40,
  KeepCapabilities: 41,
  SetCapabilities: 42,
  NoNewPrivileges: 43,
  Seccomp: 44,
  MakeDirectory: 45,
  SetLoginUid: 46,
} as const

/** A source in Descriptors: what OpenNull opened. */
export const NULL_SOURCE = -1

/** Step flags. */
export const BY_HELPER = 1
export const SHARE_MEMORY = 1
export const IF_ALLOWED = 1
export const INHERIT_ENVIRONMENT = 1
export const MAY_EXIST = 1
export const HARD_ONLY = 1
export const ROOT_TMPFS = 1
export const ROOT_DIRECTORY = 2
export const MAY_CREATE = 1
export const RECURSIVE = 1
export const IDMAPPED = 2
export const BIND_SELF = 2
export const IF_PRESENT = 4

export const MAX_TREES = 256
export const MAX_NETLINK = 4096
export const CAPABILITY_WORDS = 8
