// status_mutations COUNT: this process's status file, and spoilt files, through the parser.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "../../../native/addon/status_parse.h"
#include "mutate.h"

using namespace nskit;
using namespace nskit::test;

namespace {

constexpr size_t kRowsInATable = 64;

// A file to spoil that is the same in every run: Linux 6.18, x86-64.
constexpr const char* kSample = R"(Name:	a b
Umask:	0022
State:	R (running)
Tgid:	11415
Ngid:	0
Pid:	11415
PPid:	11412
TracerPid:	0
Uid:	0	0	0	0
Gid:	0	0	0	0
FDSize:	256
Groups:	 
NStgid:	11415
NSpid:	11415
NSpgid:	11412
NSsid:	26641
Kthread:	0
VmPeak:	   16564 kB
VmSize:	   16564 kB
VmLck:	       0 kB
VmPin:	       0 kB
VmHWM:	   13544 kB
VmRSS:	   13544 kB
RssAnon:	    6880 kB
RssFile:	    6664 kB
RssShmem:	       0 kB
VmData:	    7944 kB
VmStk:	     132 kB
VmExe:	       4 kB
VmLib:	    4672 kB
VmPTE:	      72 kB
VmSwap:	       0 kB
HugetlbPages:	       0 kB
CoreDumping:	0
THP_enabled:	1
untag_mask:	0xffffffffffffffff
Threads:	1
SigQ:	0/96365
SigPnd:	0000000000000000
ShdPnd:	0000000000000000
SigBlk:	0000000000000000
SigIgn:	0000000001001000
SigCgt:	0000000000000002
CapInh:	0000000000000000
CapPrm:	000001fffeffffff
CapEff:	000001fffeffffff
CapBnd:	000001fffeffffff
CapAmb:	0000000000000000
NoNewPrivs:	0
Seccomp:	0
Seccomp_filters:	0
Speculation_Store_Bypass:	vulnerable
SpeculationIndirectBranch:	always enabled
Cpus_allowed:	3
Cpus_allowed_list:	0-1
Mems_allowed:	00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000000,00000001
Mems_allowed_list:	0
voluntary_ctxt_switches:	20
nonvoluntary_ctxt_switches:	4
)";

// What a status line may hold where it should not.
constexpr const char* kWords[] = {"\n",   "\t",   ":",     " ",      "0x", "-1",
                                  "kB\n", "\n\n", "Name:", "Uid:\t", "/",  "99999999999999999999999"};

std::string OwnStatus() {
  std::string text(8192, 0);
  const int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  const ssize_t size = fd < 0 ? -1 : read(fd, text.data(), text.size());
  if (size <= 0) {
    perror("/proc/self/status");
    exit(2);
  }
  close(fd);
  text.resize(static_cast<size_t>(size));
  return text;
}

std::string Spoil(std::string text, Random& random) {
  for (uint64_t left = 1 + random.Below(3); left > 0 && !text.empty(); left--) {
    const size_t at = random.Below(text.size());
    const size_t size = random.Below(40);
    switch (random.Below(5)) {
      case 0:
        text[at] = static_cast<char>(random.Next() >> 32);
        break;
      case 1:
        text.erase(at, size);
        break;
      case 2:
        text.insert(at, text.substr(random.Below(text.size()), size));
        break;
      case 3:
        text.insert(at, kWords[random.Below(sizeof kWords / sizeof kWords[0])]);
        break;
      default:
        if (random.Below(4) == 0) text.resize(at);
        break;
    }
  }
  return text;
}

// A row is whole, or not there at all.
bool Keeps(const StatusTable& table, size_t rows) {
  return table.slots.size() == rows * status_slot::kCount;
}

// In memory of exactly its size.
bool Parse(const std::string& text, StatusTable* table, StatusFault* fault) {
  const std::unique_ptr<char[]> bytes(new char[text.size()]);
  memcpy(bytes.get(), text.data(), text.size());
  return ParseStatus({bytes.get(), text.size()}, 0, table, fault);
}

}  // namespace

int main(int argc, char** argv) {
  const long count = argc == 2 ? strtol(argv[1], nullptr, 10) : 0;
  const std::string own = OwnStatus();
  Random random(3);
  auto table = std::make_unique<StatusTable>();
  size_t rows = 0;
  long passed = 0;
  for (long i = 0; i < count; i++) {
    if (rows == kRowsInATable) {
      table = std::make_unique<StatusTable>();
      rows = 0;
    }
    StatusFault fault;
    const bool read = Parse(i == 0 ? own : Spoil(kSample, random), table.get(), &fault);
    if (i == 0 && !read) {
      fprintf(stderr, "line %zu of the own status: %s\n", fault.line, fault.reason.c_str());
      return 1;
    }
    if (read) {
      rows++;
      passed++;
    }
    if (!Keeps(*table, rows) || (!read && (fault.line == 0 || fault.reason.empty()))) {
      fprintf(stderr, "text %ld: %s\n", i, read ? "not one row" : "no reason, or a part of a row");
      return 1;
    }
  }
  printf("%ld texts, %ld of them read\n", count, passed);
  return passed > count / 100 && passed < count ? 0 : 1;
}
