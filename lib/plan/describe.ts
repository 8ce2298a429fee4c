/** What a step of a plan is called, what it is about, and which syscall it makes: for explain() and for errors. */

import { NAMESPACES, type NamespaceType, typesOf } from '../tables/namespaces.js'
import { describeRefused, describeSandboxStep } from './describe-sandbox.js'
import { NULL_SOURCE } from './format.js'
import { type PlanStep, PROC_FILES, type SetupStep } from './steps.js'

/** Stands for a pipe in a plan that is only explained. */
export const UNOPENED = -2

export interface StepDescription {
  readonly step: SetupStep
  readonly syscall: string
  /** The path, map or namespace. */
  readonly target: string | undefined
  /** The values, for people. */
  readonly detail: string
}

type Simple = { [O in PlanStep['op']]?: readonly [step: SetupStep, syscall: string, detail: string] }

/** Steps without values of their own. */
const SIMPLE: Simple = {
  OpenNull: ['open-null', 'open', '/dev/null, for what is ignored'],
  OpenProc: ['open-proc', 'open', '/proc/self, for writing maps and offsets'],
  StartHelper: ['start-helper', 'clone', 'a process outside the new user namespace, to write its maps'],
  LoopbackUp: ['bring-up-loopback', 'ioctl', 'lo up'],
  Fork: ['fork', 'clone', 'into the new namespaces of children'],
  StartInit: ['start-init', 'clone', 'pid 1 that forwards signals and reaps orphans'],
  NewSession: ['new-session', 'setsid', 'a new session'],
  DieWithParent: ['die-with-parent', 'prctl', 'SIGKILL when this Node process ends'],
  Hold: ['hold', 'poll', 'until the handles are taken'],
  Leave: ['leave', 'exit', ''],
  PivotRoot: ['pivot-root', 'pivot_root', 'into the new root; the old one is gone'],
  NewKeyring: ['new-keyring', 'keyctl', 'an own session keyring'],
  KeepCapabilities: ['keep-capabilities', 'prctl', 'through the change of ids'],
  NoNewPrivileges: ['no-new-privileges', 'prctl', 'execve grants nothing more'],
}

const TARGETS: { [O in PlanStep['op']]?: string } = {
  OpenNull: '/dev/null',
  OpenProc: '/proc/self',
  LoopbackUp: 'lo',
}

/** Every description of a step: one, but for those that act on several namespaces at once. */
export function describeStep(step: PlanStep): StepDescription[] {
  const simple = SIMPLE[step.op]
  if (simple !== undefined) {
    const [name, syscall, detail] = simple
    return [{ step: name, syscall, detail, target: TARGETS[step.op] }]
  }
  switch (step.op) {
    case 'JoinFd':
      return [one(`join-${step.type}`, 'setns', step.target, step.target)]
    case 'JoinPid':
      return step.types.map((type) => {
        const target = `/proc/${step.pid}/ns/${type}`
        return one(`join-${type}`, 'setns', target, target)
      })
    case 'Unshare':
      return step.types.map(createOne)
    case 'WriteProcFile':
      return [one(PROC_FILES[step.file], 'write', procTarget(step), procDetail(step))]
    case 'RunMapper': {
      const entries = shortenList(chunk(step.triples, 3), ' ')
      const name = `new${step.kind}map`
      return [one(`write-${step.kind}-map`, 'write', `${name} ${entries}`, `${name} PID ${entries}`)]
    }
    case 'SetGroups': {
      const groups = step.groups.length === 0 ? 'none' : step.groups.join(', ')
      return [one('set-groups', 'setgroups', groups, groups)]
    }
    case 'BecomeRoot':
      return [one('become-root', 'setresuid', '0', 'uid and gid 0 where the own ids are not mapped')]
    case 'SetGid':
      return [one('set-gid', 'setresgid', `${step.gid}`, `gid ${step.gid}`)]
    case 'SetUid':
      return [one('set-uid', 'setresuid', `${step.uid}`, `uid ${step.uid}`)]
    case 'SetHostname':
      return [one('set-hostname', 'sethostname', step.name, step.name)]
    case 'SetDomainname':
      return [one('set-domainname', 'setdomainname', step.name, step.name)]
    case 'Mount':
      return [one(step.step, 'mount', step.target, mountDetail(step))]
    case 'ChangeDirectory':
      return [one('change-directory', 'chdir', step.path, step.path)]
    case 'Descriptors':
      return [
        one(
          'move-descriptors',
          'dup2',
          undefined,
          step.pairs.map(([target, from]) => `${target}←${sourceName(from)}`).join(' '),
        ),
      ]
    case 'Exec':
      return [one('exec', 'execve', step.argv[0], execDetail(step))]
    default:
      return [describeSandboxStep(step)]
  }
}

/** Of the one thing that failed: `flag` is what was refused, where a step makes several. */
export function describeFailed(step: PlanStep, flag: number): StepDescription {
  const part = describeRefused(step, flag)
  if (part !== undefined) return part
  const all = describeStep(step)
  const [refused] = typesOf(flag)
  const several = step.op === 'Unshare' || step.op === 'JoinPid' ? step.types : []
  const index = refused === undefined ? 0 : several.indexOf(refused)
  const description = all[Math.max(0, index)] as StepDescription
  // Without one that was refused, it was the process itself that could not be had.
  return step.op === 'JoinPid' && refused === undefined
    ? { ...description, syscall: 'pidfd_open' }
    : description
}

function createOne(type: NamespaceType): StepDescription {
  const { since } = NAMESPACES[type]
  return one(`create-${type}`, 'unshare', `${type} namespace`, `new ${type} namespace (Linux ${since})`)
}

function one(step: SetupStep, syscall: string, target: string | undefined, detail: string): StepDescription {
  return { step, syscall, target, detail }
}

function procTarget({ file, content }: Extract<PlanStep, { op: 'WriteProcFile' }>): string {
  return `/proc/self/${file}: ${shorten(content)}`
}

function procDetail({ file, content, byHelper }: Extract<PlanStep, { op: 'WriteProcFile' }>): string {
  return `${file}: ${shorten(content)}${byHelper ? ', by the helper' : ''}`
}

/** A map of 340 entries would hide the message that it stands in. */
function shorten(content: string): string {
  return shortenList(content.trim().split('\n'), ', ')
}

function shortenList(entries: readonly string[], separator: string): string {
  const shown = entries.slice(0, 10).join(separator)
  return entries.length > 10 ? `${shown}${separator}… (${entries.length} entries)` : shown
}

function chunk(words: readonly string[], size: number): string[] {
  return Array.from({ length: Math.ceil(words.length / size) }, (_, index) =>
    words.slice(index * size, (index + 1) * size).join(' '),
  )
}

function mountDetail({ step, fstype, target }: Extract<PlanStep, { op: 'Mount' }>): string {
  return step === 'set-propagation' ? `${target} recursively private` : `${fstype} on ${target}`
}

function sourceName(source: number): string {
  if (source === NULL_SOURCE) return '/dev/null'
  return source === UNOPENED ? 'pipe' : String(source)
}

function execDetail({ candidates, argv }: Extract<PlanStep, { op: 'Exec' }>): string {
  const where = candidates.length === 1 ? candidates[0] : `${argv[0]} of PATH`
  return `${where}: ${JSON.stringify(argv)}`
}
