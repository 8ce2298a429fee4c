/** The object behind ProcessStatus. */

import { native } from '../native/binding.js'
import type { CapabilityName } from './capabilities.js'
import { SLOT } from './columns.js'
import type { Row } from './decode.js'
import type { CapabilitySets, IdQuad, ProcessStatus, SignalSets } from './types.js'

/**
 * Everything but `fields` is an own property, decoded at once; of `fields`, which
 * would cost more than all the rest, the object keeps the bytes.
 *
 * Columns that every kernel prints are taken as there: a text that was cut short
 * leaves them undefined.
 */
export class Status implements ProcessStatus {
  readonly #row: Row
  #fields: ReadonlyMap<string, string> | undefined

  readonly name: string
  readonly umask: number | undefined
  readonly state: string
  readonly tgid: number
  readonly ngid: number | undefined
  readonly pid: number
  readonly ppid: number
  readonly tracerPid: number
  readonly uid: IdQuad
  readonly gid: IdQuad
  readonly groups: number[]
  readonly fdSize: number
  readonly nsTgid: number[] | undefined
  readonly nsPid: number[] | undefined
  readonly nsPgid: number[] | undefined
  readonly nsSid: number[] | undefined
  readonly kernelThread: boolean | undefined
  readonly threads: number
  readonly memory: Readonly<Record<string, number>>
  readonly signals: SignalSets
  readonly capabilities: CapabilitySets
  readonly noNewPrivs: boolean | undefined
  readonly seccomp: 'disabled' | 'strict' | 'filter' | undefined
  readonly seccompFilters: number | undefined
  readonly coreDumping: boolean | undefined
  readonly thpEnabled: boolean | undefined
  readonly untagMask: bigint | undefined
  readonly speculationStoreBypass: string | undefined
  readonly speculationIndirectBranch: string | undefined
  readonly cpusAllowed: string | undefined
  readonly cpusAllowedList: string | undefined
  readonly memsAllowed: string | undefined
  readonly memsAllowedList: string | undefined
  readonly voluntaryContextSwitches: number | undefined
  readonly nonvoluntaryContextSwitches: number | undefined
  readonly x86ThreadFeatures: string[] | undefined
  readonly x86ThreadFeaturesLocked: string[] | undefined

  constructor(row: Row) {
    this.#row = row
    this.name = unescapeName(row.text(SLOT.name)!)
    this.umask = row.number(SLOT.umask)
    this.state = stateLetter(row.number(SLOT.state))!
    this.tgid = row.number(SLOT.tgid)!
    this.ngid = row.number(SLOT.ngid)
    this.pid = row.number(SLOT.pid)!
    this.ppid = row.number(SLOT.ppid)!
    this.tracerPid = row.number(SLOT.tracerPid)!
    this.uid = row.quad(SLOT.uid)!
    this.gid = row.quad(SLOT.gid)!
    this.groups = row.list(SLOT.groups)!
    this.fdSize = row.number(SLOT.fdSize)!
    this.nsTgid = row.list(SLOT.nsTgid)
    this.nsPid = row.list(SLOT.nsPid)
    this.nsPgid = row.list(SLOT.nsPgid)
    this.nsSid = row.list(SLOT.nsSid)
    this.kernelThread = row.flag(SLOT.kernelThread)
    this.threads = row.number(SLOT.threads)!
    this.memory = row.memory()
    this.signals = signalSets(row)
    this.capabilities = capabilitySets(row)
    this.noNewPrivs = row.flag(SLOT.noNewPrivs)
    this.seccomp = seccompMode(row.number(SLOT.seccomp))
    this.seccompFilters = row.number(SLOT.seccompFilters)
    this.coreDumping = row.flag(SLOT.coreDumping)
    this.thpEnabled = row.flag(SLOT.thpEnabled)
    this.untagMask = row.number(SLOT.untagMask) === undefined ? undefined : row.mask(SLOT.untagMask + 1)
    this.speculationStoreBypass = row.text(SLOT.speculationStoreBypass)
    this.speculationIndirectBranch = row.text(SLOT.speculationIndirectBranch)
    this.cpusAllowed = row.text(SLOT.cpusAllowed)
    this.cpusAllowedList = row.text(SLOT.cpusAllowedList)
    this.memsAllowed = row.text(SLOT.memsAllowed)
    this.memsAllowedList = row.text(SLOT.memsAllowedList)
    this.voluntaryContextSwitches = row.number(SLOT.voluntaryContextSwitches)
    this.nonvoluntaryContextSwitches = row.number(SLOT.nonvoluntaryContextSwitches)
    this.x86ThreadFeatures = row.words(SLOT.x86ThreadFeatures)
    this.x86ThreadFeaturesLocked = row.words(SLOT.x86ThreadFeaturesLocked)
  }

  get fields(): ReadonlyMap<string, string> {
    this.#fields ??= fieldsOf(this.#row.bytes())
    return this.#fields
  }

  /** Sets become arrays, masks hexadecimal strings, `fields` an object. */
  toJSON(): object {
    const { pending, sharedPending, blocked, ignored, caught, ...queue } = this.signals
    const masks = { pending, sharedPending, blocked, ignored, caught }
    return {
      ...(this as ProcessStatus),
      signals: { ...queue, ...mapValues(masks, hexadecimal) },
      capabilities: mapValues({ ...this.capabilities }, (set: ReadonlySet<CapabilityName>) => [...set]),
      untagMask: this.untagMask === undefined ? undefined : hexadecimal(this.untagMask),
      fields: Object.fromEntries(this.fields),
    }
  }
}

/** seq_escape() writes a newline as \n and a backslash as \\, and leaves all other bytes. */
function unescapeName(name: string): string {
  return name.includes('\\') ? name.replace(/\\([n\\])/g, (_, c) => (c === 'n' ? '\n' : c)) : name
}

function stateLetter(code: number | undefined): string | undefined {
  return code === undefined ? undefined : String.fromCharCode(code)
}

/** 3 is a task that its filter has just killed (Linux 5.16). */
function seccompMode(mode: number | undefined): 'disabled' | 'strict' | 'filter' | undefined {
  return mode === undefined ? undefined : mode === 0 ? 'disabled' : mode === 1 ? 'strict' : 'filter'
}

function signalSets(row: Row): SignalSets {
  return {
    queued: row.number(SLOT.signalQueue)!,
    queueLimit: row.number(SLOT.signalQueue + 1)!,
    pending: row.signals(SLOT.pending),
    sharedPending: row.signals(SLOT.sharedPending),
    blocked: row.signals(SLOT.blocked),
    ignored: row.signals(SLOT.ignored),
    caught: row.signals(SLOT.caught),
  }
}

function capabilitySets(row: Row): CapabilitySets {
  return {
    inheritable: row.capabilities(SLOT.capInheritable),
    permitted: row.capabilities(SLOT.capPermitted),
    effective: row.capabilities(SLOT.capEffective),
    bounding: row.capabilities(SLOT.capBounding),
    ambient: row.capabilities(SLOT.capAmbient),
  }
}

function fieldsOf(text: Uint8Array): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  const pairs = native().statusFields(text)
  for (let i = 0; i < pairs.length; i += 2) {
    // The first line of a key is the kernel's.
    if (!fields.has(pairs[i]!)) fields.set(pairs[i]!, pairs[i + 1]!)
  }
  return fields
}

function hexadecimal(mask: bigint): string {
  return `0x${mask.toString(16)}`
}

function mapValues<T, R>(values: Record<string, T>, map: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]))
}
