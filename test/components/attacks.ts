import { type Mode, mode } from '../support/modes'

type Component = 'executor' | 'backend' | 'orchestrator'
/** Names of boundaries.mjs. */
type Boundaries = readonly string[]
/** An errno, or 'ok'; several where it depends on how the kernel was built. */
type Result = string | readonly string[]

/** What one attack meets, first in all boundaries, then step by step without those that are in its way. */
export interface Row {
  /** Name in attack.py. */
  readonly attack: string
  readonly by: Component
  /** The errno. */
  readonly held: string
  readonly off: ReadonlyArray<{ without: Boundaries; result: Result; modes?: readonly Mode[] }>
}

function row(attack: string, by: Component, held: string, ...off: Array<[Boundaries, Result, Mode?]>): Row {
  const steps = off.map(([without, result, only]) => ({ without, result, ...(only && { modes: [only] }) }))
  return { attack, by, held, off: steps }
}

const ORCHESTRATOR_ITSELF = ['pid', 'root', 'ids', 'user']

export const ROWS: readonly Row[] = [
  row('signal orchestrator', 'executor', 'ESRCH', [['pid', 'ids'], 'ok']),
  row('signal backend', 'executor', 'ESRCH', [['pid', 'ids of the backend'], 'ok']),
  // Not by the pid namespace and the ids alone: a /proc with hidepid=2 shows what one may trace.
  row('see processes', 'executor', 'ESRCH', [ORCHESTRATOR_ITSELF, 'ok']),
  row('ptrace child', 'executor', 'EPERM', [['seccomp'], 'ok']),
  row(
    'ptrace orchestrator',
    'executor',
    'EPERM',
    [['seccomp'], 'ESRCH'],
    [['seccomp', 'pid', 'ids'], 'EPERM'],
    [[...ORCHESTRATOR_ITSELF, 'seccomp', 'capabilities'], 'ok'],
  ),
  row('secret', 'executor', 'ENOENT', [['ids', 'root of the orchestrator'], 'ok']),
  row(
    'secret by proc',
    'executor',
    'ENOENT',
    [
      ['pid', 'ids'],
      ['EACCES', 'ENOENT'],
    ],
    [ORCHESTRATOR_ITSELF, 'ok'],
  ),
  row('host file', 'executor', 'ENOENT', [['root'], 'ok']),
  row('home file', 'executor', 'ENOENT', [['root'], 'ok']),
  row('passwd', 'executor', 'ENOENT', [['root'], 'ok']),
  row('leaked descriptor', 'executor', 'ENOENT', [['descriptors'], 'ok']),
  row('connect backend', 'executor', 'ENETUNREACH', [['network of the orchestrator'], 'ok']),
  row('connect host', 'executor', 'ENETUNREACH', [['network'], 'ok']),
  row('connect host, abstract', 'executor', 'ECONNREFUSED', [['network'], 'ok']),
  row('connect orchestrator', 'executor', 'ETIMEDOUT', [['firewall'], 'ok']),
  row('send to orchestrator', 'executor', 'EPERM', [['firewall'], 'ok']),
  row('connect executor', 'backend', 'ENETUNREACH', [['network of the orchestrator'], 'ok']),
  row('connect host', 'backend', 'ENETUNREACH', [['network'], 'ok']),
  row('connect host', 'orchestrator', 'ENETUNREACH', [['network'], 'ok']),
  row('send to executor', 'orchestrator', 'EPERM', [['firewall'], 'ok']),
  row('unshare', 'executor', 'EPERM', [['seccomp'], 'ok']),
  row('clone', 'executor', 'EPERM', [['seccomp'], 'ok']),
  row('mount', 'executor', 'EPERM', [['seccomp'], 'EPERM'], [['seccomp', 'capabilities'], 'ok']),
  row('setns', 'executor', 'EPERM', [['seccomp'], 'EPERM'], [['seccomp', 'capabilities'], 'ok']),
  row('keyctl', 'executor', 'EPERM', [['seccomp'], 'ok']),
  row('host key', 'executor', 'EPERM', [['seccomp'], 'ENOKEY'], [['seccomp', 'keyring'], 'ok']),
  row('bpf', 'executor', 'EPERM', [['seccomp', 'capabilities', 'any user'], 'ok', 'root']),
  // The kernel has looked at it: no module was given, or it takes none.
  row('init_module', 'executor', 'EPERM', [
    ['seccomp', 'capabilities', 'any user'],
    ['ENOEXEC', 'ENOSYS'],
    'root',
  ]),
  row('write own program', 'executor', 'EACCES', [
    ['capabilities', 'any user', 'readonly'],
    'ETXTBSY',
    'root',
  ]),
  row("write init's program", 'executor', 'EACCES', [['capabilities', 'any user'], 'ETXTBSY', 'root']),
  row('write model', 'backend', 'EROFS', [['readonly'], 'ok']),
  row('add model', 'backend', 'EROFS', [['readonly'], 'ok']),
  row('overwrite program', 'backend', 'EROFS', [['readonly'], 'ok']),
  row('large file', 'executor', 'EFBIG', [['rlimits'], 'ok']),
  row('many files', 'executor', 'ENOSPC', [['size'], 'ok']),
  row('memory', 'executor', 'ENOMEM', [['rlimits'], 'ok']),
  row('fork-bomb', 'executor', 'EAGAIN', [['rlimits'], 'ok']),
]

export interface Attempt {
  readonly attack: string
  readonly by: Component
  readonly off: Boundaries
  readonly result: Result
}

/** Each row in all boundaries. */
export const HELD: readonly Attempt[] = ROWS.map(({ attack, by, held }) => ({
  attack,
  by,
  off: [],
  result: held,
}))

/** Each row without a boundary, where this mode can do that. */
export const LET: readonly Attempt[] = ROWS.flatMap(({ attack, by, off }) =>
  off
    .filter(({ modes }) => modes === undefined || modes.includes(mode))
    .map(({ without, result }) => ({ attack, by, off: without, result })),
)
