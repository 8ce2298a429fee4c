/** The options of a mount (config.md, Mounts; mount(8)). What is not taken, one by one, is refused in the end. */

import { ATTRIBUTES, type AttributeName } from '../plan/mount-attributes.js'
import type { Place } from './place.js'

interface Switch {
  readonly attribute: AttributeName
  readonly isOn: boolean
  /** With an r in front: in submounts too. */
  readonly isRecursive: boolean
}

const SWITCHES = new Map<string, Switch>(
  ATTRIBUTES.flatMap(([attribute]) => {
    const [on, off] = attribute === 'readonly' ? ['ro', 'rw'] : [attribute, attribute.slice('no'.length)]
    return [on, off].flatMap((each): Array<[string, Switch]> => {
      const isOn = each === on
      return [
        [each, { attribute, isOn, isRecursive: false }],
        [`r${each}`, { attribute, isOn, isRecursive: true }],
      ]
    })
  }),
)

/** About times of access and the log, which no isolation hangs on; and what nskit does anyway. */
const WITHOUT_EFFECT =
  /^(?:defaults|async|loud|silent|private|rprivate|r?(?:no)?(?:rel|strict|lazy|dir)?atime|(?:no)?lazytime)$/

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

export class MountOptions {
  readonly isRecursive: boolean
  readonly isBind: boolean
  /** Of the mount, and of it with its submounts: 'rro' stands where 'rw' follows. */
  readonly #attributes = { own: new Set<AttributeName>(), all: new Set<AttributeName>() }
  readonly #rest = new Map<string, Place>()

  constructor(list: Place) {
    let [isBind, isRecursive] = [false, false]
    for (const place of list.list()) {
      const text = place.text() ?? 'defaults'
      const attribute = SWITCHES.get(text)
      if (attribute !== undefined) this.#set(attribute)
      else if (text === 'bind' || text === 'rbind') {
        isBind = true
        isRecursive ||= text === 'rbind'
      } else if (!WITHOUT_EFFECT.test(text)) this.#rest.set(keyOf(text), place)
    }
    this.isBind = isBind
    this.isRecursive = isRecursive
  }

  has(attribute: AttributeName): boolean {
    return this.#attributes.own.has(attribute) || this.#attributes.all.has(attribute)
  }

  /** The value of KEY=VALUE, '' of a lone KEY; undefined where it is not there. */
  take(key: string): string | undefined {
    const text = this.#rest.get(key)?.text()
    this.#rest.delete(key)
    return text?.slice(key.length + 1)
  }

  takeMapping(): boolean {
    return [this.take('idmap'), this.take('ridmap')].some((value) => value !== undefined)
  }

  /** In bytes. */
  takeSize(): number | undefined {
    const place = this.#rest.get('size')
    const value = this.take('size')
    if (value === undefined) return undefined
    const [, digits, unit = ''] = /^(\d+)([kmg]?)$/i.exec(value) ?? []
    const bytes = Number(digits) * (UNITS[unit.toLowerCase()] ?? 1)
    if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
    place?.refuse(`nskit takes bytes, or K, M or G of them, not '${value}'`)
    return undefined
  }

  takeMode(): number | undefined {
    const place = this.#rest.get('mode')
    const value = this.take('mode')
    if (value === undefined) return undefined
    if (/^[0-7]{1,5}$/.test(value)) return Number.parseInt(value, 8) & 0o7777
    place?.refuse(`'${value}' is no octal mode`)
    return undefined
  }

  /** nskit's is a new instance with these; of its group, which need not be mapped, it says nothing. */
  takeDevpts(): void {
    this.take('newinstance')
    this.take('gid')
    for (const [key, own] of [
      ['ptmxmode', 0o666],
      ['mode', 0o620],
    ] as const) {
      const place = this.#rest.get(key)
      const value = this.take(key)
      if (value !== undefined && Number.parseInt(value, 8) !== own)
        place?.refuse(`nskit's is 0${own.toString(8)}`)
    }
  }

  refuseRest(): void {
    for (const place of this.#rest.values())
      place.refuse(`'${place.text()}' is no option that nskit can keep`)
    this.#rest.clear()
  }

  #set({ attribute, isOn, isRecursive }: Switch): void {
    const set = this.#attributes[isRecursive ? 'all' : 'own']
    if (isOn) set.add(attribute)
    else set.delete(attribute)
  }
}

function keyOf(text: string): string {
  const end = text.indexOf('=')
  return end < 0 ? text : text.slice(0, end)
}
