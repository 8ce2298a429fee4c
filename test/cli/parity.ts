/** The tables of docs/shell.md, and a place to run their lines in. */

import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileSeccomp, denySyscalls, spawn } from '../../lib/index'
import { packageRoot } from '../../lib/native/root'
import { textOf } from '../docs/snippets'
import { manifest } from './manifest'

export interface Row {
  /** The heading of its table. */
  readonly section: string
  /** The first cell, which names the options. */
  readonly options: string
  /** undefined: there is no counterpart, and `ours` says why. */
  readonly theirs: string | undefined
  readonly ours: string
}

const CODE = /^`(.*)`$/

export function rowsOf(document: string): Row[] {
  let section = ''
  return textOf(document)
    .split('\n')
    .flatMap((line): Row[] => {
      section = /^## (.*)/.exec(line)?.[1] ?? section
      const cells = cellsOf(line)
      if (cells === undefined) return []
      const [options = '', theirs = '', ours = ''] = cells
      if (cells.length !== 3) throw new Error(`not three cells: ${line}`)
      if (theirs === '') return [{ section, options, theirs: undefined, ours }]
      return [{ section, options, theirs: code(theirs), ours: code(ours) }]
    })
}

/** Of a line of a table that is neither its head nor the rule below. A bar with a backslash is one of the cell. */
function cellsOf(line: string): string[] | undefined {
  if (!line.startsWith('| ') || /^\| (option|for) \|/.test(line)) return undefined
  const inside = line.replace(/^\|/, '').replace(/\|$/, '')
  return inside.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

function code(cell: string): string {
  const line = CODE.exec(cell)?.[1]
  if (line === undefined) throw new Error(`not a command line: ${cell}`)
  return line
}

/** Every long option that a program's --help has a line for. */
export function longOptionsOf(help: string): string[] {
  const starts = help.split('\n').map((line) => /^ +(?:-\w[,.] +)?(--[a-z][a-z0-9-]*)/.exec(line)?.[1])
  return [...new Set(starts.filter((name) => name !== undefined))]
}

export interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Place {
  run(line: string): Promise<Ran>
  close(): Promise<void>
}

/** What the lines of the document take for granted: see its introduction. */
export async function place(variables: Readonly<Record<string, string>> = {}): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'nskit-parity-'))
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data/file'), '')
  writeFileSync(
    join(folder, 'filter.bpf'),
    compileSeccomp(denySyscalls(['mkdir', 'mkdirat']), process.arch === 'arm64' ? 'arm64' : 'x64').program,
  )
  const programs = mkdtempSync(join(tmpdir(), 'nskit-parity-bin-'))
  const program = join(programs, 'nskit')
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${join(packageRoot, manifest.bin.nskit)}' "$@"\n`,
  )
  chmodSync(program, 0o755)
  const target = spawn('sh', ['-c', 'echo ready; exec cat'], {
    unshare: ['user', 'mnt', 'uts', 'ipc', 'cgroup', 'net', 'pid', 'time'],
    hostname: 'target',
    mounts: [{ type: 'tmpfs', destination: '/mnt' }],
    cwd: '/usr',
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => target.stdout!.once('data', resolve))
  const env = {
    ...process.env,
    ...variables,
    PATH: `${programs}:${process.env.PATH}:/usr/sbin:/sbin`,
    PID: String(target.pid),
  }
  const names = namespaceNames(target.pid!)
  return {
    run: (line) =>
      new Promise((resolve) => {
        const options = { cwd: folder, env, timeout: 60_000, killSignal: 'SIGKILL' } as const
        execFile('/bin/sh', ['-c', line], options, (error, stdout, stderr) => {
          const status = error === null ? 0 : typeof error.code === 'number' ? error.code : null
          resolve({ status, stdout: named(stdout, names), stderr })
        })
      }),
    close: async () => {
      target.stdin!.end()
      await target.exited
      rmSync(folder, { recursive: true })
      rmSync(programs, { recursive: true })
    },
  }
}

/** 'net:[4026531840]' → whose it is. */
function namespaceNames(target: number): Map<string, string> {
  const of = (pid: number | 'self', whose: string) =>
    readdirSync(`/proc/${pid}/ns`).map((type): [string, string] => {
      const link = readlinkSync(`/proc/${pid}/ns/${type}`)
      return [link, link.replace(/\[.*/, whose)]
    })
  return new Map([...of(target, "the target's"), ...of('self', "the caller's")])
}

/** A namespace that a line has made has another number each time. */
function named(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/\b(\w+:)\[[0-9]+\]/g, (link, type) => names.get(link) ?? `${type}new`)
}
