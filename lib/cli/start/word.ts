/** Values that have parts: SOURCE:DEST,FLAG,NAME=VALUE. */

import { nearest } from '../../plan/option-names.js'
import { UsageError } from '../command.js'

export interface Shape {
  /** What colons part, up to the first comma. What ends in '?' may be missing. */
  readonly fields: readonly string[]
  /** What commas part behind it: alone, */
  readonly flags?: readonly string[]
  /** and with a value. */
  readonly values?: readonly string[]
}

const ESCAPABLE = [':', ',', '\\']

/**
 * A backslash takes the meaning from a colon, a comma or a backslash; before anything else it is an error, not a
 * guess. Behind the first comma a colon has none.
 */
export class Word {
  readonly fields: readonly string[]
  readonly #flag: string
  readonly #text: string
  readonly #options: ReadonlyArray<readonly [name: string, value: string | undefined]>

  constructor(flag: string, text: string, shape: Shape) {
    this.#flag = flag
    this.#text = text
    const [first = '', ...rest] = this.#split(text, ',')
    this.fields = this.#split(first, ':').map(unescaped)
    this.#options = rest.map((part) => {
      const at = part.indexOf('=')
      return at < 0 ? [unescaped(part), undefined] : [part.slice(0, at), unescaped(part.slice(at + 1))]
    })
    this.#checkFields(shape)
    for (const [name, value] of this.#options) this.#checkOption(name, value, shape)
  }

  has(flag: string): boolean {
    return this.#options.some(([name]) => name === flag)
  }

  /** What `read` makes of the value, in messages called by its option and name. */
  value<T>(name: string, read: (flag: string, value: string) => T): T | undefined {
    const values = this.all(name)
    if (values === undefined) return undefined
    if (values.length > 1) throw this.error(`${name} is given twice`)
    return read(`${this.#flag} ${name}`, values[0])
  }

  all(name: string): [string, ...string[]] | undefined {
    const [first, ...rest] = this.#options.flatMap(([each, value]) => (each === name ? [value ?? ''] : []))
    return first === undefined ? undefined : [first, ...rest]
  }

  error(reason: string): UsageError {
    return new UsageError(`${this.#flag} ${this.#text}: ${reason}`)
  }

  #split(text: string, separator: string): string[] {
    const parts = ['']
    for (let at = 0; at < text.length; at++) {
      const char = text.charAt(at)
      if (char === separator) {
        parts.push('')
        continue
      }
      const escaped = char === '\\' ? text.charAt(++at) : ''
      if (char === '\\' && !ESCAPABLE.includes(escaped)) {
        throw this.error("a backslash stands before ':', ',' and another backslash only")
      }
      parts[parts.length - 1] += char + escaped
    }
    return parts
  }

  #checkFields({ fields }: Shape): void {
    const least = fields.filter((field) => !field.endsWith('?')).length
    const count = this.fields.length
    if (count >= least && count <= fields.length && !this.fields.includes('')) return
    const shape = fields.map((field, index) => {
      const name = field.replace('?', '')
      return field.endsWith('?') ? `[:${name}]` : index === 0 ? name : `:${name}`
    })
    const hint = count > fields.length ? " before the first comma; a ':' of a path is written '\\:'" : ''
    throw this.error(`expected ${shape.join('')}${hint}`)
  }

  #checkOption(name: string, value: string | undefined, { flags = [], values = [] }: Shape): void {
    const [right, wrong] = value === undefined ? [flags, values] : [values, flags]
    if (right.includes(name)) return
    if (wrong.includes(name))
      throw this.error(value === undefined ? `${name} needs a value` : `${name} has none`)
    const near = nearest(name, [...flags, ...values])
    const hint = near === undefined ? "a ',' of a path is written '\\,'" : `did you mean ${near}?`
    throw this.error(`unknown option '${name}'; ${hint}`)
  }
}

function unescaped(part: string): string {
  return part.replace(/\\(.)/gs, '$1')
}
