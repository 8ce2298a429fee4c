/** Where facts come from: the host's files, or a captured tree of them in a test. */

import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'

export interface FileIdentity {
  readonly device: number
  readonly inode: number
  readonly mode: number
  readonly uid: number
}

/** Every function throws an error with `code` where the host does not answer. */
export interface FactSource {
  readonly platform: NodeJS.Platform
  /** The program that asks, whose path AppArmor goes by. */
  readonly program: string
  readonly environment: Readonly<Record<string, string | undefined>>
  text(path: string): string
  link(path: string): string
  names(folder: string): string[]
  identity(path: string): FileIdentity
  /** As NSS knows it; undefined for a uid without an account. */
  username(): string | undefined
}

/** Each text is read once, so that several facts of one file agree with each other. */
export function hostSource(): FactSource {
  const texts = new Map<string, string>()
  return {
    platform: process.platform,
    program: process.execPath,
    environment: process.env,
    text(path) {
      let text = texts.get(path)
      if (text === undefined) {
        // latin1: a name in /proc need not be UTF-8, and what is looked for is ASCII.
        text = readFileSync(path, 'latin1')
        texts.set(path, text)
      }
      return text
    },
    link: (path) => readlinkSync(path),
    names: (folder) => readdirSync(folder),
    identity(path) {
      const { dev, ino, mode, uid } = statSync(path)
      return { device: dev, inode: ino, mode, uid }
    },
    username() {
      try {
        return userInfo().username
      } catch {
        return undefined
      }
    },
  }
}
