/** What the caller itself is: ids, capabilities, filters, and where in the nesting it stands. */

import { IdMap, type IdMapping } from '../../ids/index.js'
import { derive, type Fact, factOf, known, unreadable } from './fact.js'
import type { FactSource } from './source.js'

export interface SeccompState {
  /** prctl(2), PR_GET_SECCOMP: 0 none, 1 strict, 2 filters. */
  readonly mode: number
  /** Since Linux 5.9. */
  readonly filters: number | undefined
}

export interface ProcessFacts {
  readonly uid: Fact<number>
  readonly euid: Fact<number>
  readonly egid: Fact<number>
  readonly capEff: Fact<bigint>
  readonly noNewPrivs: Fact<boolean>
  readonly seccomp: Fact<SeccompState>
  readonly uidMap: Fact<readonly IdMapping[]>
  readonly gidMap: Fact<readonly IdMapping[]>
  readonly setgroups: Fact<string>
  readonly initialUserNamespace: Fact<boolean>
  /** User namespaces above this one. */
  readonly nestingDepth: Fact<number>
  /** Pid namespaces that this process is in, from the one of the visible /proc inwards. */
  readonly pidLevels: Fact<number>
  /**
   * What clone3(2) answers to a size of 0: EINVAL by the kernel, ENOSYS by a filter that cannot look into its
   * argument.
   */
  readonly clone3: Fact<string>
}

/** What needs a system call of its own, and so is not read here. */
export interface Asked {
  readonly clone3?: Fact<string>
  readonly nestingDepth?: Fact<number>
}

const STATUS = '/proc/self/status'
/** PROC_USER_INIT_INO of linux/proc_ns.h. */
const INITIAL_USER_NAMESPACE = 'user:[4026531837]'

export function readProcessFacts(source: FactSource, asked: Asked = {}): ProcessFacts {
  const status = factOf(STATUS, () => source.text(STATUS), parseFields)
  const field = <T>(key: string, view: (text: string) => T | undefined): Fact<T> =>
    derive(status, `${STATUS}: ${key}`, (fields) => {
      const text = fields.get(key)
      const value = text === undefined ? undefined : view(text)
      return value === undefined || text === undefined ? undefined : { value, text }
    })
  const initial = factOf(
    '/proc/self/ns/user',
    () => source.link('/proc/self/ns/user'),
    (link) => link === INITIAL_USER_NAMESPACE,
  )
  return {
    uid: field('Uid', (text) => integer(text.split('\t')[0])),
    euid: field('Uid', (text) => integer(text.split('\t')[1])),
    egid: field('Gid', (text) => integer(text.split('\t')[1])),
    capEff: field('CapEff', (text) => (/^[0-9a-f]{1,16}$/.test(text) ? BigInt(`0x${text}`) : undefined)),
    noNewPrivs: field('NoNewPrivs', (text) => text === '1'),
    seccomp: seccomp(status),
    uidMap: readMap(source, 'uid'),
    gidMap: readMap(source, 'gid'),
    setgroups: factOf(
      '/proc/self/setgroups',
      () => source.text('/proc/self/setgroups'),
      (text) => text.trim(),
    ),
    initialUserNamespace: initial,
    nestingDepth: asked.nestingDepth ?? depthOf(initial),
    pidLevels: field('NSpid', (text) => text.split('\t').length),
    clone3: asked.clone3 ?? unreadable('clone3(2)', 'not asked'),
  }
}

/**
 * Only the initial one is known to have none above: NS_GET_PARENT does not lead out of the own user
 * namespace.
 */
function depthOf(initial: Fact<boolean>): Fact<number> {
  const source = 'user namespaces above this one'
  return 'value' in initial && initial.value ? known(source, 0) : unreadable(source, 'EPERM')
}

/** The first line of each key: a name cannot bring one before Name, as the kernel escapes '\n' in it. */
function parseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    const key = line.slice(0, Math.max(0, colon))
    if (colon > 0 && !fields.has(key)) fields.set(key, line.slice(colon + 1).trim())
  }
  return fields
}

const SECCOMP_WORDS = ['none', 'strict', 'filter']

function seccomp(status: Fact<ReadonlyMap<string, string>>): Fact<SeccompState> {
  return derive(status, `${STATUS}: Seccomp`, (fields) => {
    const mode = integer(fields.get('Seccomp'))
    if (mode === undefined) return undefined
    const filters = integer(fields.get('Seccomp_filters'))
    const count = filters === undefined || mode !== 2 ? '' : `, ${filters} in force`
    return { value: { mode, filters }, text: `${mode} (${SECCOMP_WORDS[mode] ?? 'unknown'}${count})` }
  })
}

function readMap(source: FactSource, kind: 'uid' | 'gid'): Fact<readonly IdMapping[]> {
  const path = `/proc/self/${kind}_map`
  const map = factOf(
    path,
    () => source.text(path),
    (text) => IdMap.parse(text, path).mappings,
  )
  return derive(map, path, (value) => ({
    value,
    text: value.map((each) => `${each.containerID} ${each.hostID} ${each.size}`).join(', ') || 'empty',
  }))
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined
}
