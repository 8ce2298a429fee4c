/** The options of an overlay (Documentation/filesystems/overlayfs.rst). */

import { resolve } from 'node:path'
import { checkArray, checkText, invalidValue, rangeError } from './check.js'

/** mount(2) takes one page, its NUL included, and cuts what is longer without a word. */
const MAX_OPTIONS = 4095

export function overlayOptions(name: string, mount: Record<string, unknown>): string {
  const lower = checkArray(`${name}.lower`, mount.lower).map((path, index) =>
    layer(`${name}.lower[${index}]`, path),
  )
  const { upper, work } = mount
  if ((upper === undefined) !== (work === undefined)) {
    throw new TypeError(`${name}: upper and work require each other`)
  }
  // The kernel's rule: one layer alone is nothing to lay over.
  const least = upper === undefined ? 2 : 1
  if (lower.length < least) throw invalidValue(`${name}.lower`, `at least ${least} paths`, lower)
  const options = [`lowerdir=${lower.join(':')}`]
  if (upper !== undefined) {
    options.push(`upperdir=${layer(`${name}.upper`, upper)}`, `workdir=${layer(`${name}.work`, work)}`)
  }
  const text = options.join(',')
  if (Buffer.byteLength(text) + ',userxattr'.length > MAX_OPTIONS) {
    throw rangeError(`${name}: the paths of its layers`, `at most ${MAX_OPTIONS} bytes in all`, text.length)
  }
  return text
}

/** A comma ends an option and a colon a layer, unless a backslash is in front. */
function layer(name: string, value: unknown): string {
  const path = checkText(name, value)
  if (path === '') throw invalidValue(name, 'a path', value)
  return resolve(path).replace(/[\\:,]/g, '\\$&')
}
