// Plans of each kind that the library compiles; together they have every step.
#pragma once

#include <linux/sched.h>

#include "plan_builder.h"

namespace nskit::test {

// Nothing in it needs a privilege or leaves a trace.
inline Bytes HarmlessPlan(int report_fd) {
  PlanBuilder plan(3);
  plan.Step(Op::ChangeDirectory, 0, 0, plan.String("/"));
  plan.Step(Op::Descriptors, 0, 3, plan.Words({0, 0, 1, 1, 2, 2}));
  plan.Step(Op::Leave);
  return plan.Finish(report_fd);
}

inline Bytes CommandPlan(int report_fd, const std::vector<std::string>& argv) {
  PlanBuilder plan(3);
  plan.Step(Op::ChangeDirectory, 0, 0, plan.String("/"));
  plan.Step(Op::Descriptors, 0, 3, plan.Words({0, 0, 1, 1, 2, 2}));
  const auto environment = plan.List({"NSKIT_PROBE=1"});
  const auto arguments = plan.List(argv);
  plan.Step(Op::Exec, 0, environment.offset, arguments, plan.List({"/nonexistent", argv[0]}));
  return plan.Finish(report_fd, kFollowsParent);
}

inline Bytes SandboxPlan(int report_fd) {
  PlanBuilder plan(20);
  plan.Step(Op::OpenProc).Step(Op::StartHelper);
  plan.Step(Op::Unshare, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS);
  const auto file = plan.String("setgroups");
  plan.Step(Op::WriteProcFile, 0, 0, file, plan.Content("deny"));
  const auto map = plan.String("gid_map");
  plan.Step(Op::WriteProcFile, kByHelper, 0, map, plan.Content("0 1000 1"));
  const auto mapper = plan.List({"/usr/bin/newuidmap", "/bin/newuidmap"});
  plan.Step(Op::RunMapper, 0, 0, mapper,
            plan.List({"newuidmap", std::string(11, ' '), "0", "1000", "1", "1", "100000", "65535"}));
  plan.Step(Op::SetGroups, 0, 2, plan.Words({4, 24}));
  plan.Step(Op::BecomeRoot, 0, (int64_t{65534} << 32) | 65534);
  plan.Step(Op::SetGid, 0, 0).Step(Op::SetUid, 0, 0);
  plan.Step(Op::SetHostname, 0, 0, plan.String("box")).Step(Op::SetDomainname, 0, 0, plan.String("example"));
  plan.Step(Op::LoopbackUp);
  plan.Step(Op::Mount, 0, 14, plan.List({"proc", "/proc", "proc", ""}));
  plan.Step(Op::StartInit, kShareMemory).Step(Op::NewSession);
  plan.Step(Op::ChangeDirectory, 0, 0, plan.String("/tmp"));
  plan.Step(Op::Descriptors, 0, 4, plan.Words({0, 5, 1, 6, 2, 7, 3, 3}));
  plan.Step(Op::DieWithParent);
  const auto environment = plan.List({"PATH=/usr/bin:/bin", "LANG=C", "A="});
  const auto argv = plan.List({"sh", "-c", "exit 0"});
  plan.Step(Op::Exec, 0, environment.offset, argv, plan.List({"/usr/bin/sh", "/bin/sh"}));
  return plan.Finish(report_fd, kFollowsParent);
}

inline Bytes JoinPlan(int report_fd) {
  PlanBuilder plan(5);
  plan.Step(Op::JoinFd, CLONE_NEWUSER, 9).Step(Op::JoinPid, CLONE_NEWPID | CLONE_NEWNS, 4321);
  plan.Step(Op::Fork, kShareMemory);
  plan.Step(Op::Mount, 0, 1 << 18, plan.List({"", "/", "", ""}));
  const auto argv = plan.List({"true"});
  plan.Step(Op::Exec, kInheritEnvironment, 0, argv, plan.List({"/bin/true"}));
  return plan.Finish(report_fd);
}

inline Bytes ViewPlan(int report_fd) {
  PlanBuilder plan(15);
  const auto maps = plan.Content("0 100000 65536");
  plan.Step(Op::MakeUserNamespace, 0, 0, maps, plan.Content("0 100000 65536"));
  plan.Step(Op::OpenTree, kRecursive | kIdmapped, 1, plan.String("/usr"), {0, 0});
  plan.Step(Op::OpenTree, 0, 0, plan.String("/etc/passwd"), {0, kMaxTrees - 1});
  plan.Step(Op::NewRoot, kRootTmpfs, 0, plan.String("mode=0755"));
  plan.Step(Op::MountAt, kMayCreate, 14, plan.List({"proc", "/proc", "proc", ""}));
  plan.Step(Op::AttachTree, kMayCreate, 0, plan.String("/usr"));
  plan.Step(Op::AttachTree, 0, kMaxTrees - 1, plan.String("/etc/passwd"));
  const auto link = plan.String("/bin");
  plan.Step(Op::MakeSymlink, 0, 0, link, plan.String("usr/bin"));
  const auto file = plan.String("/etc/hosts");
  plan.Step(Op::WriteFile, kMayCreate, 0644, file, plan.Content("127.0.0.1 localhost\n"));
  plan.Step(Op::SetLoginUid, 0, 1000);
  plan.Step(Op::MakeDirectory, 0, 01777, plan.String("/dev/shm"));
  plan.Step(Op::MaskPath, 0, 0, plan.String("/proc/kcore"));
  plan.Step(Op::SetAttributes, kRecursive | kBindSelf | kIfPresent, 1, plan.String("/proc/sys"));
  plan.Step(Op::PivotRoot).Step(Op::Leave);
  return plan.Finish(report_fd, kFollowsParent);
}

inline Bytes HoldPlan(int report_fd) {
  PlanBuilder plan(4);
  plan.Step(Op::Unshare, CLONE_NEWNET).Step(Op::LoopbackUp).Step(Op::Descriptors).Step(Op::Hold);
  return plan.Finish(report_fd, kFollowsParent);
}

inline std::vector<Bytes> SamplePlans(int report_fd) {
  return {HarmlessPlan(report_fd), CommandPlan(report_fd, {"/bin/true", "-x"}),
          SandboxPlan(report_fd),  JoinPlan(report_fd),
          ViewPlan(report_fd),     HoldPlan(report_fd)};
}

}  // namespace nskit::test
