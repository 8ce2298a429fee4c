// Peers that are not Node: compiled into a folder that goes with this process, asked for a sample at a time.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

let folder

export function openGoPeer() {
  return new Peer(compile('spawn.go', (source, program) => ['go', ['build', '-o', program, source]]))
}

/** `name`: of a file in bench/peers. */
export function openCPeer(name, args) {
  return new Peer(compileC(name), args)
}

/** The path of the program, which goes with this process. */
export function compileC(name) {
  return compile(name, (source, program) => ['gcc', ['-O2', '-Wall', '-o', program, source]])
}

function compile(name, compiler) {
  const program = join(temporaryFolder(), name.replace('.', '-'))
  const source = fileURLToPath(new URL(`../peers/${name}`, import.meta.url))
  const [command, args] = compiler(source, program)
  const env = { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off', GOCACHE: join(temporaryFolder(), 'go') }
  execFileSync(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  return program
}

/** Reads lines and answers each with the milliseconds that what it measures took once. */
class Peer {
  #child
  #lines

  constructor(program, args = []) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async sample() {
    this.#child.stdin.write('\n')
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('ended without an answer')
    return Number(value)
  }

  async close() {
    this.#child.stdin.end()
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }
}

function temporaryFolder() {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'nskit-bench-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    // By default a signal ends the process without the event.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }
  return folder
}
