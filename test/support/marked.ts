import { readdirSync, readFileSync } from 'node:fs'

/** A variable for the environment by which processes are found again, whoever has become their parent. */
export function newMark(): { name: string; value: string; env: NodeJS.ProcessEnv } {
  const name = 'NSKIT_TEST_MARK'
  const value = `${process.pid}-${process.hrtime.bigint()}`
  return { name, value, env: { ...process.env, [name]: value } }
}

/** The living processes that have inherited the mark, as 'pid command'. A zombie has no environment any more, and one that
 * is in its exec has none yet. */
export function marked({ name, value }: { name: string; value: string }): string[] {
  const entry = `${name}=${value}`
  return pids().flatMap((pid) => {
    const environment = readIfThere(`/proc/${pid}/environ`).split('\0')
    return environment.includes(entry) ? [`${pid} ${commandLine(pid)}`] : []
  })
}

function pids(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
}

function commandLine(pid: string): string {
  return readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 80).trim()
}

/** Of another user, or gone: empty. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
