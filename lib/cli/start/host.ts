/** Reads of the host for an option: what fails there says for which. */

import { readFileSync } from 'node:fs'

export function fromHost<T>(flag: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw Object.assign(error as Error, { message: `${flag}: ${(error as Error).message}` })
  }
}

/** A socket, which standard input often is where a program starts nskit, cannot be opened by name (ENXIO). */
const DESCRIPTOR = /^\/(?:dev\/stdin|(?:dev|proc\/self)\/fd\/([0-9]+))$/

export function readHost(flag: string, path: string): Buffer {
  const match = DESCRIPTOR.exec(path)
  return fromHost(flag, () => readFileSync(match === null ? path : Number(match[1] ?? 0)))
}
