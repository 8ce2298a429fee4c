import { readFileSync } from 'node:fs'

/** Whether the keys of a terminal are signals to this process: it is in that one's foreground process group. */
export function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1')
    // The name, in parentheses, may have any character (proc(5)).
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return terminal !== '0' && group === foreground
  } catch {
    return true // no /proc: a signal too many would be taken for impatience
  }
}
