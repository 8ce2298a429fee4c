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
import { type Fields, Writer } from './writer.js'

/** Room for "4294967295" and its NUL, where the stage writes its own pid for newuidmap. */
const PID_SLOT = ' '.repeat(11)

export function encode(plan: Plan): Buffer {
  const writer = new Writer(plan.steps.length)
  plan.steps.forEach((step, index) => {
    writer.step(index, OPS[step.op], fieldsOf(step, writer))
  })
  return writer.finish(plan.steps.length, plan.followsParent ? FOLLOWS_PARENT : 0)
}

function fieldsOf(step: PlanStep, to: Writer): Fields {
  switch (step.op) {
    case 'JoinFd':
      return { number: step.fd, flags: flagsOf([step.type]) }
    case 'JoinPid':
      return { number: step.pid, flags: flagsOf(step.types) }
    case 'Unshare':
      return { flags: flagsOf(step.types) }
    case 'WriteProcFile':
      return {
        flags: step.byHelper ? BY_HELPER : 0,
        data: to.string(step.file),
        more: to.content(step.content),
      }
    case 'RunMapper':
      return {
        number: step.kind === 'uid' ? 0 : 1,
        data: to.list(step.candidates),
        more: to.list([`new${step.kind}map`, PID_SLOT, ...step.triples]),
      }
    case 'SetGroups':
      return {
        flags: step.ifAllowed ? IF_ALLOWED : 0,
        number: step.groups.length,
        data: to.words(step.groups),
      }
    case 'BecomeRoot':
      return { number: step.overflowUid, high: step.overflowGid }
    case 'SetLoginUid':
      return { number: step.uid }
    case 'SetGid':
      return { number: step.gid }
    case 'SetUid':
      return { number: step.uid }
    case 'SetHostname':
    case 'SetDomainname':
      return { data: to.string(step.name) }
    case 'Mount':
      return { number: step.flags, data: to.list([step.source, step.target, step.fstype, step.options]) }
    case 'Fork':
    case 'StartInit':
      return { flags: step.shareMemory ? SHARE_MEMORY : 0 }
    case 'ChangeDirectory':
      return { data: to.string(step.path) }
    case 'Descriptors':
      return { number: step.pairs.length, data: to.words(step.pairs.flat()) }
    case 'Exec': {
      const environment = step.environment === undefined ? undefined : to.list(step.environment)
      return {
        flags: environment === undefined ? INHERIT_ENVIRONMENT : 0,
        number: environment?.offset ?? 0,
        data: to.list(step.argv),
        more: to.list(step.candidates),
      }
    }
    case 'Netlink':
      return {
        flags: step.mayExist ? MAY_EXIST : 0,
        data: to.words(wordsIn(step.message)),
        ...(step.link === undefined ? {} : { more: to.string(step.link) }),
      }
    case 'NewRoot':
      return { flags: ROOTS[step.kind], data: to.string(step.source) }
    case 'OpenTree':
      return {
        flags: (step.recursive ? RECURSIVE : 0) | (step.idmapped ? IDMAPPED : 0),
        number: step.attributes,
        data: to.string(step.source),
        more: { offset: 0, size: step.slot },
      }
    case 'AttachTree':
      return {
        flags: step.mayCreate ? MAY_CREATE : 0,
        number: step.slot,
        data: to.string(step.destination),
      }
    case 'MountAt':
      return {
        flags: step.mayCreate ? MAY_CREATE : 0,
        number: step.flags,
        data: to.list([step.source, step.target, step.fstype, step.options]),
      }
    case 'SetAttributes':
      return {
        flags:
          (step.recursive ? RECURSIVE : 0) |
          (step.bindSelf ? BIND_SELF : 0) |
          (step.ifPresent ? IF_PRESENT : 0),
        number: step.attributes,
        data: to.string(step.destination),
      }
    case 'MaskPath':
      return { data: to.string(step.destination) }
    case 'MakeSymlink':
      return { data: to.string(step.destination), more: to.string(step.target) }
    case 'WriteFile':
      return {
        flags: step.mayCreate ? MAY_CREATE : 0,
        number: step.mode,
        data: to.string(step.destination),
        more: to.bytes(step.content),
      }
    case 'MakeDirectory':
      return { number: step.mode, data: to.string(step.destination) }
    case 'MakeUserNamespace':
      return { data: to.content(step.uid), more: to.content(step.gid) }
    case 'EnterCgroup':
      return { data: to.string(step.path) }
    case 'SetLimits':
      return {
        flags: step.hardOnly ? HARD_ONLY : 0,
        number: step.limits.length,
        data: to.longs(step.limits.flatMap(({ resource, soft, hard }) => [BigInt(resource), soft, hard])),
      }
    case 'DropBounding':
      return { number: Number(step.keep & LOW), high: Number(step.keep >> 32n) }
    case 'SetCapabilities':
      return {
        number: CAPABILITY_WORDS,
        data: to.longs([step.permitted, step.effective, step.inheritable, step.ambient]),
      }
    case 'Seccomp':
      return { flags: step.flags, number: step.program.length / 8, data: to.longs(longsIn(step.program)) }
    default:
      return {}
  }
}

const ROOTS = { tmpfs: ROOT_TMPFS, directory: ROOT_DIRECTORY }
const LOW = 0xffffffffn

/** Copied: a view of 32 or 64 bits needs its boundary. */
function wordsIn(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer)
}

function longsIn(bytes: Uint8Array): bigint[] {
  return [...new BigUint64Array(Uint8Array.from(bytes).buffer)]
}
