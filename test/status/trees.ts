/** What test/fixtures/proc holds, machine by machine. */

/** What each machine shows of the same processes: see the folder's README. */
export interface Tree {
  init?: [name: string, rss: number]
  worker: [pid: number, name: string]
  zombie: number
  spoofed: [pid: number, gid: number, groups: number[]]
  contained: number
  groups?: number
  unmapped?: number
  /** Descriptors that a table begins with: as many as a long has bits; more once it has grown. */
  fdSize: number
  queueLimit: number
  speculation: string
  memsAllowed: string
  /** The properties that it does not have. */
  lacks: string[]
}

const FEATURES = ['x86ThreadFeatures', 'x86ThreadFeaturesLocked']
const BEFORE_6_4 = ['kernelThread', 'untagMask', ...FEATURES]
const NODES_1024 = `${'00000000,'.repeat(31)}00000001`
export const SHELL_GROUPS = [3, 1001, 2000]

export const TREES: Record<string, Tree> = {
  'linux-5.10-x86_64': {
    init: ['busybox', 1736],
    worker: [5, 'kworker/0:0-events'],
    zombie: 180,
    spoofed: [181, 1000, []],
    contained: 179,
    groups: 182,
    unmapped: 183,
    fdSize: 64,
    queueLimit: 7899,
    speculation: 'vulnerable',
    memsAllowed: NODES_1024,
    lacks: ['speculationIndirectBranch', ...BEFORE_6_4],
  },
  'linux-6.1-x86_64': {
    init: ['busybox', 1740],
    worker: [7, 'kworker/0:0-rcu_gp'],
    zombie: 189,
    spoofed: [190, 1000, []],
    contained: 188,
    groups: 191,
    unmapped: 192,
    fdSize: 64,
    queueLimit: 7872,
    speculation: 'vulnerable',
    memsAllowed: NODES_1024,
    lacks: BEFORE_6_4,
  },
  'linux-6.12-x86_64': {
    init: ['busybox', 1800],
    worker: [9, 'kworker/0:0-events'],
    zombie: 234,
    spoofed: [235, 1000, []],
    contained: 233,
    groups: 236,
    unmapped: 237,
    fdSize: 64,
    queueLimit: 7857,
    speculation: 'vulnerable',
    memsAllowed: NODES_1024,
    lacks: [],
  },
  // Built without shadow stacks.
  'linux-6.18-x86_64': {
    worker: [10, 'kworker/0:0H-kblockd'],
    zombie: 704,
    spoofed: [705, 1000, []],
    contained: 703,
    groups: 706,
    unmapped: 707,
    fdSize: 256,
    queueLimit: 96365,
    speculation: 'vulnerable',
    memsAllowed: NODES_1024,
    lacks: FEATURES,
  },
  'linux-6.1-aarch64': {
    init: ['init', 1368],
    worker: [7, 'kworker/0:0-events'],
    zombie: 92,
    spoofed: [89, 1001, SHELL_GROUPS],
    contained: 94,
    fdSize: 64,
    queueLimit: 1637,
    speculation: 'thread vulnerable',
    memsAllowed: '0001',
    lacks: BEFORE_6_4,
  },
  'linux-6.1-i386': {
    init: ['init', 1396],
    worker: [7, 'kworker/0:0-events'],
    zombie: 95,
    spoofed: [91, 1001, SHELL_GROUPS],
    contained: 96,
    fdSize: 32,
    queueLimit: 3911,
    speculation: 'not vulnerable',
    memsAllowed: '1',
    lacks: BEFORE_6_4,
  },
  'linux-6.1-s390x': {
    init: ['init', 1544],
    worker: [7, 'kworker/0:0-events'],
    zombie: 92,
    spoofed: [87, 1001, SHELL_GROUPS],
    contained: 91,
    fdSize: 64,
    queueLimit: 1929,
    speculation: 'unknown',
    memsAllowed: '1',
    lacks: BEFORE_6_4,
  },
}
