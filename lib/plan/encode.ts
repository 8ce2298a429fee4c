/** A plan becomes the bytes that native/plan/format.h lays out. */

import { flagsOf } from '../tables/namespaces.js'
import {
  BIND_SELF,
  BY_HELPER,
  CAPABILITY_WORDS,
  FOLLOWS_PARENT,
  HARD_ONLY,
  IDMAPPED,
  IF_ALLOWED,
  IF_PRESENT,
  INHERIT_ENVIRONMENT,
  MAY_CREATE,
  MAY_EXIST,
  OPS,
  RECURSIVE,
  ROOT_DIRECTORY,
  ROOT_TMPFS,
  SHARE_MEMORY,
} from './format.js'
import type { Plan, PlanStep } from './steps.js'
import { Writer } from './writer.js'

/** Room for "4294967295" and its NUL, where the stage writes its own pid for newuidmap. */
const PID_SLOT = ' '.repeat(11)

export function encode(plan: Plan): Buffer {
  const writer = new Writer(plan.steps.length)
  for (const step of plan.steps) write(step, OPS[step.op], writer)
  return writer.finish(plan.followsParent ? FOLLOWS_PARENT : 0)
}

function write(step: PlanStep, op: number, to: Writer): void {
  switch (step.op) {
    case 'JoinFd':
      to.step(op, flagsOf([step.type]), step.fd)
      break
    case 'JoinPid':
      to.step(op, flagsOf(step.types), step.pid)
      break
    case 'Unshare':
      to.step(op, flagsOf(step.types), 0)
      break
    case 'WriteProcFile':
      to.step(op, step.byHelper ? BY_HELPER : 0, 0, to.string(step.file), to.content(step.content))
      break
    case 'RunMapper': {
      const candidates = to.list(step.candidates)
      const argv = to.list([`new${step.kind}map`, PID_SLOT, ...step.triples])
      to.step(op, 0, step.kind === 'uid' ? 0 : 1, candidates, argv)
      break
    }
    case 'SetGroups':
      to.step(op, step.ifAllowed ? IF_ALLOWED : 0, step.groups.length, to.words(step.groups))
      break
    case 'BecomeRoot':
      to.step(op, 0, step.overflowUid, undefined, undefined, step.overflowGid)
      break
    case 'SetLoginUid':
      to.step(op, 0, step.uid)
      break
    case 'SetGid':
      to.step(op, 0, step.gid)
      break
    case 'SetUid':
      to.step(op, 0, step.uid)
      break
    case 'SetHostname':
    case 'SetDomainname':
      to.step(op, 0, 0, to.string(step.name))
      break
    case 'Mount':
      to.step(op, 0, step.flags, to.list([step.source, step.target, step.fstype, step.options]))
      break
    case 'Fork':
    case 'StartInit':
      to.step(op, step.shareMemory ? SHARE_MEMORY : 0, 0)
      break
    case 'ChangeDirectory':
      to.step(op, 0, 0, to.string(step.path))
      break
    case 'Descriptors':
      to.step(op, 0, step.pairs.length, to.words(step.pairs.flat()))
      break
    case 'Exec': {
      const environment = step.environment === undefined ? undefined : to.list(step.environment)
      const flags = environment === undefined ? INHERIT_ENVIRONMENT : 0
      const argv = to.list(step.argv)
      to.step(op, flags, environment?.offset ?? 0, argv, to.list(step.candidates))
      break
    }
    case 'Netlink': {
      const message = to.block(step.message)
      const link = step.link === undefined ? undefined : to.string(step.link)
      to.step(op, step.mayExist ? MAY_EXIST : 0, 0, message, link)
      break
    }
    case 'NewRoot':
      to.step(op, ROOTS[step.kind], 0, to.string(step.source))
      break
    case 'OpenTree': {
      const flags = (step.recursive ? RECURSIVE : 0) | (step.idmapped ? IDMAPPED : 0)
      to.step(op, flags, step.attributes, to.string(step.source), { offset: 0, size: step.slot })
      break
    }
    case 'AttachTree':
      to.step(op, step.mayCreate ? MAY_CREATE : 0, step.slot, to.string(step.destination))
      break
    case 'MountAt': {
      const { source, target, fstype, options } = step
      const texts = to.list([source, target, fstype, options])
      to.step(op, step.mayCreate ? MAY_CREATE : 0, step.flags, texts)
      break
    }
    case 'SetAttributes': {
      const flags =
        (step.recursive ? RECURSIVE : 0) | (step.bindSelf ? BIND_SELF : 0) | (step.ifPresent ? IF_PRESENT : 0)
      to.step(op, flags, step.attributes, to.string(step.destination))
      break
    }
    case 'MaskPath':
      to.step(op, 0, 0, to.string(step.destination))
      break
    case 'MakeSymlink':
      to.step(op, 0, 0, to.string(step.destination), to.string(step.target))
      break
    case 'WriteFile': {
      const destination = to.string(step.destination)
      to.step(op, step.mayCreate ? MAY_CREATE : 0, step.mode, destination, to.bytes(step.content))
      break
    }
    case 'MakeDirectory':
      to.step(op, 0, step.mode, to.string(step.destination))
      break
    case 'MakeUserNamespace':
      to.step(op, 0, 0, to.content(step.uid), to.content(step.gid))
      break
    case 'EnterCgroup':
      to.step(op, 0, 0, to.string(step.path))
      break
    case 'SetLimits': {
      const limits = step.limits.flatMap(({ resource, soft, hard }) => [BigInt(resource), soft, hard])
      to.step(op, step.hardOnly ? HARD_ONLY : 0, step.limits.length, to.longs(limits))
      break
    }
    case 'DropBounding':
      to.step(op, 0, Number(step.keep & LOW), undefined, undefined, Number(step.keep >> 32n))
      break
    case 'SetCapabilities': {
      const masks = to.longs([step.permitted, step.effective, step.inheritable, step.ambient])
      to.step(op, 0, CAPABILITY_WORDS, masks)
      break
    }
    case 'Seccomp':
      to.step(op, step.flags, step.program.length / 8, to.block(step.program))
      break
    case 'OpenNull':
    case 'OpenProc':
    case 'StartHelper':
    case 'LoopbackUp':
    case 'NewSession':
    case 'DieWithParent':
    case 'Hold':
    case 'Leave':
    case 'PivotRoot':
    case 'NewKeyring':
    case 'KeepCapabilities':
    case 'NoNewPrivileges':
      to.step(op, 0, 0)
      break
    default:
      // A step that is forgotten here does not compile.
      step satisfies never
  }
}

const ROOTS = { tmpfs: ROOT_TMPFS, directory: ROOT_DIRECTORY }
const LOW = 0xffffffffn
