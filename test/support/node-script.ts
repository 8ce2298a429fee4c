import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { join } from 'node:path'

/** What a script is given: the built package, the modules of Node, and its ways to tell. */
export interface Given {
  nskit: typeof import('../../lib/index')
  fs: typeof import('node:fs')
  childProcess: typeof import('node:child_process')
  events: typeof import('node:events')
  timers: typeof import('node:timers/promises')
  workers: typeof import('node:worker_threads')
  /** Path of the built package, for require() in a Worker. */
  packagePath: string
  /** Writes a line of JSON, at once. */
  say(value: unknown): void
  /** Waits for the process's end: its exit code, else its signal, else the error's code. */
  ending(child: unknown): Promise<unknown>
  /** Starts one command, so that what Node and the package open once, and keep, is open. Whether it could run is all one. */
  warmUp(): Promise<void>
  /**
   * What this process has: numbers of descriptors, of children (zombies too), and of mounts that came since the
   * first call: those of other tests, that were there, may go meanwhile.
   */
  inventory(): { descriptors: number; children: number; mounts: number }
  /** Waits until the inventory is as `before`; tells what it is after 20 s. */
  settled(before: ReturnType<Given['inventory']>): Promise<boolean>
}

const PACKAGE = join(__dirname, '../../dist/index.cjs')

/** Plain JavaScript: it runs in a Node of its own, without jest and its copy of process.env. */
const PRELUDE = `
const fs = require('node:fs')
const timers = require('node:timers/promises')
const say = (value) => fs.writeSync(1, JSON.stringify(value) + '\\n')
const ending = (child) => new Promise((resolve) => {
  child.once('error', (error) => resolve(error.code))
  child.once('exit', (code, signal) => resolve(code ?? signal))
})
const warmUp = () => new Promise((resolve) => {
  require(PACKAGE).spawn('true').on('error', () => {}).on('close', resolve)
})
const mountIds = () =>
  fs.readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\\n').map((line) => line.split(' ')[0])
let mountsBefore
const inventory = () => ({
  descriptors: fs.readdirSync('/proc/self/fd').length,
  children: fs.readdirSync('/proc/self/task')
    .flatMap((task) => fs.readFileSync('/proc/self/task/' + task + '/children', 'utf8').split(' ').filter(Boolean)).length,
  mounts: mountIds().filter((id) => !(mountsBefore ??= new Set(mountIds())).has(id)).length,
})
const settled = async (before) => {
  const wanted = JSON.stringify(before)
  for (let i = 0; JSON.stringify(inventory()) !== wanted; i++) {
    if (i > 2000) return false
    await timers.setTimeout(10)
  }
  return true
}
const given = {
  nskit: require(PACKAGE), packagePath: PACKAGE, fs, timers, say, ending, warmUp, inventory, settled,
  childProcess: require('node:child_process'), events: require('node:events'), workers: require('node:worker_threads'),
};
`

type Body<A> = (given: Given, argument: A) => unknown

/**
 * The command line of a Node that runs `body` with the built package. `body` is carried as text: it may use what it is
 * given and Node's globals, nothing of the file around it.
 */
export function nodeCommand<A>(body: Body<A>, argument?: A): [file: string, args: string[]] {
  const prelude = PRELUDE.replaceAll('PACKAGE', JSON.stringify(PACKAGE))
  const call = `(async () => (${body})(given, ${JSON.stringify(argument) ?? 'undefined'}))()`
  const failed = '(error) => { console.error(error); process.exit(99) }'
  return [process.execPath, ['-e', `${prelude}${call}.catch(${failed})`]]
}

interface ScriptOptions extends SpawnOptions {
  /** A command that runs the rest of its command line: ['strace', '-f']. */
  through?: readonly string[]
}

/** Starts `body` in a Node of its own; its standard output is a pipe. */
export function startScript<A>(body: Body<A>, argument?: A, options: ScriptOptions = {}): ChildProcess {
  const { through = [], ...rest } = options
  const [node, args] = nodeCommand(body, argument)
  const [file = node, ...line] = [...through, node, ...args]
  return spawn(file, line, { stdio: ['ignore', 'pipe', 'inherit'], ...rest })
}

/** Runs `body` to its end and gives what it said. A failure of the script is one of the test. */
export async function runScript<A>(body: Body<A>, argument?: A, options?: ScriptOptions): Promise<unknown[]> {
  const child = startScript(body, argument, options)
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
  if (status !== 0) throw new Error(`the script ended with ${status}; it said:\n${text}`)
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}
