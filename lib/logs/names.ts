/** Under which name a line's field stays that is called as a label is. */

import { jsonText } from './labels.js'
import type { ObjectScanner } from './object-scanner.js'

const PREFIX = 'line_'

interface Renamed {
  /** Where the line's key stands among its keys. */
  readonly index: number
  /** As JSON, with its quotes. */
  readonly name: Buffer
}

interface Label {
  readonly name: string
  /** What a field of this name becomes, as long as the line has no field of that name itself. */
  readonly instead: string
  readonly insteadAsJson: Buffer
}

export class FieldNames {
  readonly #labels: ReadonlyMap<string, Label>
  readonly #byName: NameTable
  readonly #byInstead: NameTable

  constructor(names: readonly string[]) {
    const taken = new Set(names)
    const labels = names.map((name) => {
      const instead = freeName(PREFIX + name, taken)
      return { name, instead, insteadAsJson: asJson(instead) }
    })
    this.#labels = new Map(labels.map((label) => [label.name, label]))
    this.#byName = new NameTable(labels, ({ name }) => name)
    this.#byInstead = new NameTable(labels, ({ instead }) => instead)
  }

  /** The name of a field that is not the line's but the tagger's own. */
  own(name: string): string {
    return this.#labels.get(name)?.instead ?? name
  }

  /** The keys of an object that are called as labels are, each with its new name; undefined where there are none. */
  clashes(scanner: ObjectScanner, bytes: Buffer): readonly Renamed[] | undefined {
    const { keyCount, keyStarts, keyEnds } = scanner
    if (scanner.hasEscapedKey) return this.#rename(keysOf(scanner, bytes))
    let renamed: Renamed[] | undefined
    let isTaken = false
    for (let index = 0; index < keyCount; index++) {
      const start = keyStarts[index]!
      const end = keyEnds[index]!
      const label = this.#byName.find(bytes, start, end)
      if (label !== undefined) {
        renamed ??= []
        renamed.push({ index, name: label.insteadAsJson })
      } else if (this.#byInstead.find(bytes, start, end) !== undefined) isTaken = true
    }
    return isTaken && renamed !== undefined ? this.#rename(keysOf(scanner, bytes)) : renamed
  }

  /** A key that stands twice has one new name: which of both counts is as it was. */
  #rename(keys: readonly string[]): readonly Renamed[] | undefined {
    const taken = new Set(keys)
    for (const { name, instead } of this.#labels.values()) taken.add(name).add(instead)
    const present = new Set(keys)
    const names = new Map<string, Buffer>()
    for (const key of present) {
      const label = this.#labels.get(key)
      if (label === undefined) continue
      const isFree = !present.has(label.instead)
      names.set(key, isFree ? label.insteadAsJson : asJson(freeName(label.instead, taken)))
    }
    if (names.size === 0) return undefined
    return keys.flatMap((key, index) => (names.has(key) ? [{ index, name: names.get(key)! }] : []))
  }
}

/** By their length: most keys are as long as no label. */
class NameTable {
  readonly #byLength: Array<Array<{ bytes: Buffer; label: Label }> | undefined> = []

  constructor(labels: readonly Label[], nameOf: (label: Label) => string) {
    for (const label of labels) {
      const name = nameOf(label)
      const bytes = Buffer.from(name)
      // Half a surrogate pair has no UTF-8: a line can say it with a backslash only.
      if (bytes.toString() !== name) continue
      const alike = this.#byLength[bytes.length] ?? []
      alike.push({ bytes, label })
      this.#byLength[bytes.length] = alike
    }
  }

  find(bytes: Buffer, start: number, end: number): Label | undefined {
    const alike = this.#byLength[end - start]
    if (alike === undefined) return undefined
    for (const each of alike) if (stands(each.bytes, bytes, start)) return each.label
    return undefined
  }
}

/** Adds it to those that are taken. */
function freeName(name: string, taken: Set<string>): string {
  let free = name
  while (taken.has(free)) free = PREFIX + free
  taken.add(free)
  return free
}

function asJson(name: string): Buffer {
  return Buffer.from(jsonText(name)!)
}

function keysOf({ keyCount, keyStarts, keyEnds }: ObjectScanner, bytes: Buffer): string[] {
  return Array.from({ length: keyCount }, (_, index) => {
    const text = bytes.toString('utf8', keyStarts[index], keyEnds[index])
    return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
  })
}

function stands(text: Buffer, bytes: Buffer, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}
