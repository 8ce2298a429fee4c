/** Terminals that are gone. */

import { closeSync, fstatSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * At its end Node gives each terminal that it began with the settings back that it had, and aborts where that has hung
 * up meanwhile (EIO, node::ResetStdio). A closed descriptor it passes over.
 */
export function closeHungUp(): void {
  for (const fd of [0, 1, 2]) if (isCharacterDevice(fd) && !isatty(fd)) closeSync(fd)
}

function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice()
  } catch {
    return false // closed already
  }
}
