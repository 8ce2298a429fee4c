// Each step of a plan: what it does, one syscall where one is enough.

#include <linux/if.h>
#include <linux/sched.h>
#include <linux/sockios.h>

#include "stage.h"

namespace nskit {
namespace {

constexpr int kInternet = 2;  // AF_INET

// The order in which the culprit of several is looked for: user first, as it grants the rest.
constexpr uint32_t kOrder[] = {CLONE_NEWUSER,   CLONE_NEWNS,  CLONE_NEWUTS, CLONE_NEWIPC,
                               CLONE_NEWCGROUP, CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWTIME};

// unshare(2) and setns(2) say only that one of several is refused. On failure each is tried alone, to name
// it.
template <typename Try>
Outcome All(uint32_t flags, Try attempt) {
  const long result = attempt(flags);
  if (result >= 0) return {0, 0};
  for (const uint32_t flag : kOrder) {
    if ((flags & flag) == 0) continue;
    const long single = flag == flags ? result : attempt(flag);
    if (single < 0) return {single, flag};
  }
  return {result, flags};
}

Outcome Unshare(uint32_t flags) {
  return All(flags, [](uint32_t some) { return Syscall(__NR_unshare, some); });
}

void BeAmongStrangers(Stage& stage) {
  stage.joined = true;
  SetDumpable(false);
}

Outcome JoinPid(const PlanStep& step) {
  const long pidfd = Syscall(__NR_pidfd_open, step.number, 0);
  if (pidfd < 0) return {pidfd, 0};
  const Outcome outcome =
      All(step.flags, [pidfd](uint32_t some) { return Syscall(__NR_setns, pidfd, some); });
  Close(static_cast<int>(pidfd));
  return outcome;
}

// `if_allowed`: where nobody asked for other groups, a namespace that denies setgroups(2) keeps those there
// are.
long SetGroups(const Stage& stage, const PlanStep& step) {
  const long result = Syscall(__NR_setgroups, step.number, Arg(At(stage, step.data)));
  return result == -kErrPerm && step.flags == kIfAllowed ? 0 : result;
}

// After joining a user namespace that does not know the caller's ids. The order is the kernel's: groups and
// gid while the capabilities of uid 0 are still there.
long BecomeRoot(const PlanStep& step) {
  const auto overflow_uid = static_cast<uint32_t>(step.number);
  const auto overflow_gid = static_cast<uint32_t>(static_cast<uint64_t>(step.number) >> 32);
  if (static_cast<uint32_t>(Syscall(__NR_getegid)) == overflow_gid) {
    Syscall(__NR_setgroups, 0,
            0);  // refused where setgroups is denied: the groups then stay what they are, nobody's
    const long result = Syscall(__NR_setresgid, 0, 0, 0);
    if (result < 0) return result;
  }
  if (static_cast<uint32_t>(Syscall(__NR_geteuid)) == overflow_uid) return Syscall(__NR_setresuid, 0, 0, 0);
  return 0;
}

long LoopbackUp() {
  long fd = Syscall(__NR_socket, kInternet, kDatagram | kOpenCloseOnExec, 0);
  // A kernel without IPv4: any socket takes interface requests.
  if (fd < 0) fd = Syscall(__NR_socket, kUnix, kDatagram | kOpenCloseOnExec, 0);
  if (fd < 0) return fd;
  ifreq request = {};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  long result = Syscall(__NR_ioctl, fd, SIOCGIFFLAGS, Arg(&request));
  if (result >= 0) {
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    result = Syscall(__NR_ioctl, fd, SIOCSIFFLAGS, Arg(&request));
  }
  Close(static_cast<int>(fd));
  return result;
}

long MountOne(const Stage& stage, const PlanStep& step) {
  char** list = ListAt(stage, step.data);
  auto text = [list](int index) { return list[index][0] == 0 ? 0 : Arg(list[index]); };
  return Syscall(__NR_mount, text(0), text(1), text(2), step.number, text(3));
}

// Node opens this process's namespaces through /proc, for which it must be dumpable; so it holds nothing
// else.
long HoldUntilReleased(Stage& stage) {
  CloseAllBut(stage.report_fd);
  SetDumpable(true);
  const long result = SendSelf(stage.report_fd, RecordKind::Held, stage.current);
  if (result < 0) return result;
  PollFd poll = {stage.report_fd, kPollIn, 0};
  Poll(&poll, 1, false);
  Leave(0);
}

// setsid(2) is refused to a group's leader; after a fork into a pid namespace there may be nothing left to
// do.
long NewSession() {
  const long result = Syscall(__NR_setsid);
  return result == -kErrPerm && Syscall(__NR_getsid, 0) == Syscall(__NR_getpid) ? 0 : result;
}

long SetIds(Stage& stage, long number, int64_t id) {
  const long result = Syscall(number, id, id, id);
  // A change of credentials clears the death signal (prctl(2)).
  if (result >= 0) FollowParent(stage);
  return result;
}

Outcome Simple(Stage& stage, const PlanStep& step) {
  switch (static_cast<Op>(step.op)) {
    case Op::OpenProc: {
      const long fd =
          Syscall(__NR_openat, kAtFdCwd, Arg("/proc/self"), kOpenPath | kOpenDirectory | kOpenCloseOnExec);
      stage.proc_fd = static_cast<int>(fd);
      return {fd, 0};
    }
    case Op::OpenNull: {
      const long fd = Syscall(__NR_openat, kAtFdCwd, Arg("/dev/null"), kOpenReadWrite | kOpenCloseOnExec);
      stage.null_fd = static_cast<int>(fd);
      return {fd, 0};
    }
    case Op::JoinFd:
      BeAmongStrangers(stage);
      return {Syscall(__NR_setns, step.number, step.flags), step.flags};
    case Op::JoinPid:
      BeAmongStrangers(stage);
      return JoinPid(step);
    case Op::StartHelper:
      return {StartHelper(stage), 0};
    case Op::Unshare:
      return Unshare(step.flags);
    case Op::SetGroups:
      return {SetGroups(stage, step), 0};
    case Op::BecomeRoot:
      return {BecomeRoot(step), 0};
    case Op::SetGid:
      return {SetIds(stage, __NR_setresgid, step.number), 0};
    case Op::SetUid:
      return {SetIds(stage, __NR_setresuid, step.number), 0};
    case Op::SetHostname:
      return {Syscall(__NR_sethostname, Arg(At(stage, step.data)), step.data_size - 1), 0};
    case Op::SetDomainname:
      return {Syscall(__NR_setdomainname, Arg(At(stage, step.data)), step.data_size - 1), 0};
    case Op::LoopbackUp:
      return {LoopbackUp(), 0};
    case Op::Netlink:
      return {RequestNetlink(stage, step), 0};
    case Op::NewRoot:
      return {MakeRoot(stage, step), 0};
    case Op::PivotRoot:
      return {PivotRoot(stage), 0};
    case Op::OpenTree:
      return {OpenTree(stage, step), 0};
    case Op::AttachTree:
      return {AttachTree(stage, step), 0};
    case Op::MountAt:
      return {MountAt(stage, step), 0};
    case Op::SetAttributes:
      return {SetAttributes(stage, step), 0};
    case Op::MaskPath:
      return {MaskPath(stage, step), 0};
    case Op::SetLoginUid:
      SetLoginUid(stage, step);
      return {0, 0};
    case Op::MakeDirectory:
      return {MakeDirectory(stage, step), 0};
    case Op::MakeSymlink:
      return {MakeSymlink(stage, step), 0};
    case Op::WriteFile:
      return {WriteFile(stage, step), 0};
    case Op::MakeUserNamespace:
      return {MakeUserNamespace(stage, step), 0};
    case Op::Mount:
      return {MountOne(stage, step), 0};
    case Op::Fork:
      return {ForkIntoNamespaces(stage, step), 0};
    case Op::StartInit:
      return {StartInit(stage, step), 0};
    case Op::NewSession:
      return {NewSession(), 0};
    case Op::ChangeDirectory:
      return {ChangeDirectory(stage, At(stage, step.data)), 0};
    case Op::Descriptors:
      return {MoveDescriptors(stage, step), 0};
    case Op::DieWithParent:
      // Set since the start of this process, and again after each change of its ids.
      if (stage.witness_fd < 0) FollowParent(stage);
      AwaitWitness(stage);
      return {0, 0};
    case Op::EnterCgroup:
      return {EnterCgroup(stage, step), 0};
    case Op::NewKeyring:
      return {JoinNewKeyring(), 0};
    case Op::SetLimits:
      return SetLimits(stage, step);
    case Op::DropBounding:
      return DropBounding(static_cast<uint64_t>(step.number));
    case Op::KeepCapabilities:
      return {KeepCapabilities(), 0};
    case Op::SetCapabilities:
      return SetCapabilities(stage, step);
    case Op::NoNewPrivileges:
      return {SetNoNewPrivileges(), 0};
    case Op::Seccomp:
      return {InstallFilter(stage, step), 0};
    case Op::Hold:
      return {HoldUntilReleased(stage), 0};
    case Op::Leave:
      Leave(0);
    case Op::Exec:
      return {Execute(stage, step), 0};
    default:
      return {-kErrNoSys, 0};
  }
}

bool NeedsHelper(const PlanStep& step) {
  const auto op = static_cast<Op>(step.op);
  return op == Op::RunMapper || (op == Op::WriteProcFile && step.flags == kByHelper);
}

bool ChangesCredentials(const PlanStep& step) {
  const auto op = static_cast<Op>(step.op);
  const bool enters = op == Op::Unshare || op == Op::JoinFd || op == Op::JoinPid;
  return op == Op::BecomeRoot || (enters && (step.flags & CLONE_NEWUSER) != 0);
}

bool HelpIsOver(const Stage& stage) {
  for (uint32_t i = stage.current + 1; i < stage.header->step_count; i++) {
    if (NeedsHelper(stage.steps[i])) return false;
  }
  return true;
}

}  // namespace

long WriteProcFile(const Stage& stage, const PlanStep& step) {
  const long fd =
      Syscall(__NR_openat, stage.proc_fd, Arg(At(stage, step.data)), kOpenWriteOnly | kOpenCloseOnExec);
  if (fd < 0) return fd;
  const long written = Syscall(__NR_write, fd, Arg(At(stage, step.more)), step.more_size);
  Close(static_cast<int>(fd));
  return written < 0 ? written : 0;
}

Outcome RunStep(Stage& stage, const PlanStep& step) {
  if (NeedsHelper(step)) {
    if (stage.joined) SetDumpable(true);
    AskHelper(stage);
    if (stage.joined) SetDumpable(false);
    if (HelpIsOver(stage)) EndHelper(stage);
    return {0, 0};
  }
  if (static_cast<Op>(step.op) == Op::WriteProcFile) {
    if (stage.joined) SetDumpable(true);
    const long result = WriteProcFile(stage, step);
    if (stage.joined) SetDumpable(false);
    return {result, 0};
  }
  const Outcome outcome = Simple(stage, step);
  if (outcome.result >= 0 && ChangesCredentials(step)) FollowParent(stage);
  return outcome;
}

}  // namespace nskit
