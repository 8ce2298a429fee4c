/** Descriptions of the steps that make a view of files, links, and limits. */

import { capabilityName, capabilitySet } from '../status/capabilities.js'
import type { StepDescription } from './describe.js'
import { ATTRIBUTES } from './mount-attributes.js'
import type { PlanStep, SetupStep } from './steps.js'
import { MOUNT_FLAGS } from './use.js'

export function describeSandboxStep(step: PlanStep): StepDescription {
  switch (step.op) {
    case 'Netlink':
      return one(step.step, 'sendmsg', step.target, step.detail)
    case 'NewRoot':
      return step.kind === 'tmpfs'
        ? one('mount-tmpfs', 'mount', '/', 'an empty tmpfs, to become the root')
        : one('new-root', 'mount', step.source, step.source)
    case 'OpenTree':
      return one('open-source', 'open_tree', step.source, withFlags(step.source, step))
    case 'AttachTree':
      return one(
        'bind-mount',
        'move_mount',
        step.destination,
        `${step.source} on ${step.destination}${step.detail}`,
      )
    case 'MountAt':
      return one(step.step, 'mount', step.target, `${step.fstype} on ${step.target}${options(step)}`)
    case 'SetAttributes':
      return one('make-readonly', 'mount_setattr', step.destination, withFlags(step.destination, step))
    case 'MaskPath':
      return one('mask-path', 'mount', step.destination, step.destination)
    case 'MakeDirectory': {
      const mode = step.mode.toString(8).padStart(4, '0')
      return one('make-directory', 'mkdirat', step.destination, `${step.destination}, mode ${mode}`)
    }
    case 'MakeSymlink':
      return one('make-symlink', 'symlinkat', step.destination, `${step.destination} → ${step.target}`)
    case 'WriteFile':
      return one(
        'write-file',
        'openat',
        step.destination,
        `${step.destination}, ${step.content.length} bytes, mode ${step.mode.toString(8).padStart(4, '0')}`,
      )
    case 'MakeUserNamespace':
      return one(
        'create-id-mapping',
        'clone',
        'user namespace',
        `uid ${lines(step.uid)}; gid ${lines(step.gid)}`,
      )
    case 'SetLoginUid': {
      const { uid, obstacle } = step
      const detail =
        obstacle === undefined ? `${uid}, with an audit session of its own` : `not set: ${obstacle}`
      return one('set-login-uid', 'write', '/proc/self/loginuid', detail)
    }
    case 'EnterCgroup':
      return one('enter-cgroup', 'write', step.path, step.path)
    case 'SetLimits': {
      const limits = step.limits
        .map(({ name, soft, hard }) => `${name} ${limit(soft)}:${limit(hard)}`)
        .join(', ')
      return one(
        'set-limits',
        'setrlimit',
        limits,
        step.hardOnly ? `raise the hard limit: ${limits}` : limits,
      )
    }
    case 'DropBounding': {
      const kept = names(step.keep)
      return one('drop-bounding', 'prctl', kept, `bounding set: ${kept}`)
    }
    case 'SetCapabilities': {
      const permitted = names(step.permitted)
      return one('set-capabilities', 'capset', permitted, permitted)
    }
    case 'Seccomp':
      return one('seccomp', 'seccomp', undefined, `a filter of ${step.program.length / 8} instructions`)
    default:
      throw new Error(`no description of ${step.op}`)
  }
}

/** Limits and capabilities are refused one by one: `detail` is 1 + the place of the one that was. */
export function describeRefused(step: PlanStep, detail: number): StepDescription | undefined {
  if (detail === 0) return undefined
  if (step.op === 'SetLimits') {
    return describeSandboxStep({ ...step, limits: step.limits.slice(detail - 1, detail) })
  }
  if (step.op !== 'DropBounding' && step.op !== 'SetCapabilities') return undefined
  return { ...describeSandboxStep(step), target: capabilityName(detail - 1) }
}

function one(step: SetupStep, syscall: string, target: string | undefined, detail: string): StepDescription {
  return { step, syscall, target, detail }
}

function withFlags(
  path: string,
  { attributes, recursive }: { attributes: number; recursive: boolean },
): string {
  const names = ATTRIBUTES.filter(([, bit]) => (attributes & bit) !== 0).map(([name]) => name)
  return [path, ...(recursive ? ['recursively'] : []), ...names].join(' ')
}

/** Those that are the type's own flags, whatever was asked, say nothing. */
function options({ options, flags }: Extract<PlanStep, { op: 'MountAt' }>): string {
  const parts = [options, (flags & MOUNT_FLAGS.readonly) === 0 ? '' : 'readonly'].filter(
    (part) => part !== '',
  )
  return parts.length === 0 ? '' : ` (${parts.join(',')})`
}

function lines(map: string): string {
  return map.trim().split('\n').join(', ')
}

function limit(value: bigint): string {
  return value === 0xffffffffffffffffn ? 'unlimited' : String(value)
}

function names(capabilities: bigint): string {
  return [...capabilitySet(capabilities)].join(', ') || 'none'
}
