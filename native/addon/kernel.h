// Constants that headers older than the running kernel lack; the same on both machines.
#pragma once

#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424  // 5.1
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434  // 5.3
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000  // 5.2
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U  // 6.3
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U  // 6.3
#endif
