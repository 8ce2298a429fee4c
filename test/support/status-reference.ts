/**
 * /proc/PID/status, read a second way, for tests to compare with: by lines and
 * regular expressions, slowly, with nothing shared with the addon's parser.
 */

import { capabilitySet } from '../../lib/status/index.js'

/** Value by key, the first line of each; undefined where a line has no colon. */
export function referenceFields(text: string): Map<string, string> | undefined {
  const fields = new Map<string, string>()
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const line of lines) {
    const match = /^([^:]*):\t?([\s\S]*)$/.exec(line)
    if (match === null) return undefined
    if (!fields.has(match[1]!)) fields.set(match[1]!, match[2]!)
  }
  return fields
}

/** What parseStatus should make of it, as toEqual compares: without what is undefined. */
export function referenceStatus(text: string): Record<string, unknown> {
  const fields = referenceFields(text)!
  const value = <T>(key: string, read: (text: string) => T): T | undefined => {
    const found = fields.get(key)
    return found === undefined ? undefined : read(found)
  }
  const words = (found: string): string[] => found.split(/[ \t]+/).filter((word) => word !== '')
  const numbers = (found: string): number[] => words(found).map(Number)
  const flag = (found: string): boolean => found !== '0'
  const same = (found: string): string => found
  const quad = (found: string): object => {
    const [real, effective, saved, filesystem] = numbers(found)
    return { real, effective, saved, filesystem }
  }
  const mask = (key: string): bigint => BigInt(`0x${fields.get(key) ?? '0'}`)
  const unescapeName = (found: string): string => {
    return found
      .split('\\\\')
      .map((part) => part.replaceAll('\\n', '\n'))
      .join('\\')
  }
  const memory = [...fields].filter(([key]) => /^(Vm|Rss|HugetlbPages$)/.test(key))
  return {
    name: value('Name', unescapeName),
    umask: value('Umask', (found) => Number.parseInt(found, 8)),
    state: value('State', (found) => found.slice(0, 1)),
    tgid: value('Tgid', Number),
    ngid: value('Ngid', Number),
    pid: value('Pid', Number),
    ppid: value('PPid', Number),
    tracerPid: value('TracerPid', Number),
    uid: value('Uid', quad),
    gid: value('Gid', quad),
    groups: value('Groups', numbers),
    fdSize: value('FDSize', Number),
    nsTgid: value('NStgid', numbers),
    nsPid: value('NSpid', numbers),
    nsPgid: value('NSpgid', numbers),
    nsSid: value('NSsid', numbers),
    kernelThread: value('Kthread', flag),
    threads: value('Threads', Number),
    memory: Object.fromEntries(memory.map(([key, found]) => [key, Number.parseInt(found, 10)])),
    signals: {
      queued: value('SigQ', (found) => Number(found.split('/')[0])),
      queueLimit: value('SigQ', (found) => Number(found.split('/')[1])),
      pending: mask('SigPnd'),
      sharedPending: mask('ShdPnd'),
      blocked: mask('SigBlk'),
      ignored: mask('SigIgn'),
      caught: mask('SigCgt'),
    },
    capabilities: {
      inheritable: capabilitySet(mask('CapInh')),
      permitted: capabilitySet(mask('CapPrm')),
      effective: capabilitySet(mask('CapEff')),
      bounding: capabilitySet(mask('CapBnd')),
      ambient: capabilitySet(mask('CapAmb')),
    },
    noNewPrivs: value('NoNewPrivs', flag),
    seccomp: value('Seccomp', (found) => ['disabled', 'strict', 'filter'][Number(found)]),
    seccompFilters: value('Seccomp_filters', Number),
    coreDumping: value('CoreDumping', flag),
    thpEnabled: value('THP_enabled', flag),
    untagMask: value('untag_mask', BigInt),
    speculationStoreBypass: value('Speculation_Store_Bypass', same),
    speculationIndirectBranch: value('SpeculationIndirectBranch', same),
    cpusAllowed: value('Cpus_allowed', same),
    cpusAllowedList: value('Cpus_allowed_list', same),
    memsAllowed: value('Mems_allowed', same),
    memsAllowedList: value('Mems_allowed_list', same),
    voluntaryContextSwitches: value('voluntary_ctxt_switches', Number),
    nonvoluntaryContextSwitches: value('nonvoluntary_ctxt_switches', Number),
    x86ThreadFeatures: value('x86_Thread_features', words),
    x86ThreadFeaturesLocked: value('x86_Thread_features_locked', words),
  }
}
