import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../support/wait.js'

interface AuditdOptions {
  /** Of auditctl, each for `-a` and, at the end, `-d`. */
  readonly rules: readonly string[]
  readonly format?: 'RAW' | 'ENRICHED'
}

/** The host's own auditd's, where one is running: the kernel has one at a time. */
const HOST_LOG = '/var/log/audit/audit.log'

/**
 * What the kernel audits by some rules more: by an auditd with a folder of its own, or by the host's where that is
 * running. Rules and settings are as before once it is over.
 */
export class Auditd implements AsyncDisposable {
  /** Of the lines that log() has given. */
  readonly path: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'nskit-auditd-'))
  readonly #rules: readonly string[]
  readonly #before = status()
  /** The file that auditd writes. */
  readonly source: string
  /** What of the source was there before. */
  readonly #start: number
  readonly #child: ChildProcess | undefined
  readonly #exit: Promise<unknown> | undefined

  static async start(options: AuditdOptions): Promise<Auditd> {
    const auditd = new Auditd(options)
    try {
      await auditd.#listen()
      return auditd
    } catch (error) {
      await auditd[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor({ rules, format = 'RAW' }: AuditdOptions) {
    this.#rules = rules
    this.path = join(this.#folder, 'lines.log')
    const isRunning = this.#before.pid !== '0'
    this.source = isRunning ? HOST_LOG : join(this.#folder, 'audit.log')
    this.#start = isRunning ? statSync(HOST_LOG).size : 0
    if (isRunning) return
    this.#child = this.#startOwn(format)
    this.#exit = once(this.#child, 'exit')
  }

  /** The log so far, with everything that was done before the call. */
  async log(): Promise<string[]> {
    const mark = `nskit-mark-${process.hrtime.bigint()}`
    auditctl('-m', mark)
    // The kernel has one queue: what stands before the mark was there before it.
    const text = await until(() => [this.#read()].find((one) => one.includes(mark)), mark)
    const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
    writeFileSync(this.path, lines.map((line) => `${line}\n`).join(''))
    return lines
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const rule of this.#rules) quietly(() => auditctl('-d', ...rule.split(' ')))
    quietly(() => auditctl('-e', this.#before.enabled))
    quietly(() => auditctl('-b', this.#before.backlog_limit))
    this.#child?.kill('SIGTERM')
    await this.#exit
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #startOwn(format: string): ChildProcess {
    const plugins = join(this.#folder, 'plugins.d')
    mkdirSync(plugins)
    const settings = {
      local_events: 'yes',
      write_logs: 'yes',
      log_file: this.source,
      log_format: format,
      flush: 'NONE',
      max_log_file_action: 'IGNORE',
      space_left: '2',
      admin_space_left: '1',
      space_left_action: 'IGNORE',
      admin_space_left_action: 'IGNORE',
      disk_full_action: 'IGNORE',
      disk_error_action: 'IGNORE',
      plugin_dir: plugins,
    }
    const text = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
    writeFileSync(join(this.#folder, 'auditd.conf'), text.join(''), { mode: 0o600 })
    return spawn('/usr/sbin/auditd', ['-n', '-c', this.#folder], { stdio: 'ignore' })
  }

  async #listen(): Promise<void> {
    const child = this.#child
    if (child !== undefined) {
      await until(() => {
        if (child.exitCode !== null) throw new Error(`auditd ended with ${child.exitCode}`)
        return status().pid === String(child.pid)
      }, 'auditd')
    }
    auditctl('-b', '8192')
    for (const rule of this.#rules) auditctl('-a', ...rule.split(' '))
    auditctl('-e', '1')
  }

  #read(): string {
    return readFileSync(this.source).subarray(this.#start).toString()
  }
}

function auditctl(...args: string[]): string {
  return execFileSync('/usr/sbin/auditctl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function status(): { pid: string; enabled: string; backlog_limit: string } {
  const pairs = auditctl('-s')
    .trim()
    .split('\n')
    .map((line) => line.split(' ', 2) as [string, string])
  const { pid = '', enabled = '', backlog_limit = '' } = Object.fromEntries(pairs)
  return { pid, enabled, backlog_limit }
}

/** Each is put back, also where another could not be. */
function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // A rule that was never added.
  }
}
