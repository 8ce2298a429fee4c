import { cli } from '../../lib/cli/cli'

export interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** The command line in this process: what it writes, and its exit code. */
export async function nskit(...args: string[]): Promise<Ran> {
  return nskitOn(undefined, ...args)
}

/** The same on a terminal of that width. */
export async function nskitOn(columns: number | undefined, ...args: string[]): Promise<Ran> {
  const texts = { stdout: '', stderr: '' }
  const output = (name: 'stdout' | 'stderr') => ({
    columns,
    write: (text: string) => {
      texts[name] += text
    },
  })
  const code = await cli(args, { stdout: output('stdout'), stderr: output('stderr') })
  return { code, ...texts }
}
