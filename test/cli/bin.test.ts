import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync as nskitSpawnSync } from '../../lib/index'
import { packageRoot } from '../../lib/native/root'
import { marked, newMark } from '../support/marked'
import { describeWith } from '../support/needs'
import { outcome } from '../support/outcome'
import { until } from '../support/wait'
import { manifest } from './manifest'

/** What npm links as `nskit`. */
const NSKIT = join(packageRoot, manifest.bin.nskit)

function nskit(...args: string[]) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [NSKIT, ...args], {
    encoding: 'utf8',
  })
  return { status, signal, stdout, stderr }
}

describe('the program', () => {
  test('lists, as a program', () => {
    const { status, stdout, stderr } = nskit('ls', '--json', '--pid', String(process.pid))
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toHaveLength(8)
  })

  test('its exit codes: 1 for what is not there, 2 for a wrong command line', () => {
    expect(nskit('translate', '5', '--map', '0:0:1').status).toBe(1)
    expect(nskit('lss').status).toBe(2)
  })

  test('what could not be written is a failure, and no stack', () => {
    const full = openSync('/dev/full', 'w')
    const stdio = ['ignore', full, 'pipe'] as const
    const { status, stderr } = spawnSync(process.execPath, [NSKIT, 'ls'], {
      encoding: 'utf8',
      stdio: [...stdio],
    })
    closeSync(full)
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'nskit: standard output: ENOSPC: no space left on device, write\n',
    })
  })

  test('a reader that leaves early is no error', async () => {
    const child = spawn(process.execPath, [NSKIT, 'ls', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
    // Before it can have written anything.
    child.stdout.destroy()
    const stderr: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text))
    const [code] = await once(child, 'close')
    expect({ code, stderr: stderr.join('') }).toEqual({ code: 0, stderr: '' })
  })
})

describeWith('userns', 'nskit doctor, where limits of the user namespace are 0', () => {
  const saidBeside = (types: string[], ...args: string[]): string | undefined => {
    const limits = types.map((type) => `echo 0 > /proc/sys/user/max_${type}_namespaces`).join('; ')
    const command = `${limits}; exec "$0" "$@"`
    const words = ['-c', command, process.execPath, NSKIT, 'doctor', ...args]
    const { stdout } = nskitSpawnSync('/bin/sh', words, { unshare: ['user'], encoding: 'utf8' })
    return /^Not asked for.*/m.exec(stdout)?.[0]
  }

  test('what was not asked for is told', () => {
    expect(saidBeside(['net', 'time'])).toBe(
      'Not asked for, and denied as well: net (namespace-limit; --offline says why), time (namespace-limit)',
    )
  })

  test('what is allowed is not, nor what was asked for, nor what lacks a user namespace alone', () => {
    expect(saidBeside([])).toBeUndefined()
    expect(saidBeside(['net'], '--offline')).toBeUndefined()
    expect(saidBeside(['user'])).toBeUndefined()
  })
})

describe('nskit doctor, interrupted', () => {
  test.each([['SIGINT'], ['SIGTERM']] as const)(
    '%s: dies of it, and ends what it has started',
    async (signal) => {
      const mark = newMark()
      // Twice: one whose parent has ended.
      const script = 'sleep 600 & (sleep 600 &); echo started >&2; wait'
      const child = spawn(process.execPath, [NSKIT, 'doctor', '--', 'sh', '-c', script], { env: mark.env })
      await until(() => marked(mark).filter((each) => each.includes('sleep 600')).length >= 2, 'its children')
      child.kill(signal)
      expect(await outcome(child)).toMatchObject({ code: null, signal })
      await until(() => marked(mark).length === 0, 'nothing left running')
    },
  )
})

describe('nskit run', () => {
  test("the command's output and exit code", () => {
    expect(nskit('run', '--', 'sh', '-c', 'echo "$1"; exit 7', 'sh', '--help')).toEqual({
      status: 7,
      signal: null,
      stdout: '--help\n',
      stderr: '',
    })
    expect(nskit('run', 'true').status).toBe(0)
  })

  test('ended by a signal: 128 and its number', () => {
    expect(nskit('run', 'sh', '-c', 'kill -KILL $$').status).toBe(137)
  })

  test('no such command: 127; one that cannot be executed: 126', () => {
    expect(nskit('run', '/no/such/command')).toMatchObject({
      status: 127,
      stderr: 'nskit: /no/such/command: no such file or directory\n',
    })
    expect(nskit('run', '/dev/null').status).toBe(126)
  })

  test('a signal to nskit reaches the command', async () => {
    const script = 'trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done'
    const child = spawn(process.execPath, [NSKIT, 'run', 'sh', '-c', script])
    child.stdout.once('data', () => child.kill('SIGTERM'))
    expect(await outcome(child)).toMatchObject({ code: 9, signal: null })
  })
})

describeWith('userns', 'nskit run in namespaces', () => {
  test('new namespaces, 0 inside, the host name', () => {
    const script = 'readlink /proc/self/ns/uts; id -u; uname -n'
    const { status, stdout, stderr } = nskit('run', '-u', 'user,uts', '--hostname', 'box', 'sh', '-c', script)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const [uts, id, host] = stdout.split('\n')
    expect(uts).not.toBe(readlinkSync('/proc/self/ns/uts'))
    expect([id, host]).toEqual(['0', 'box'])
  })

  test('--uid-map and --gid-map', () => {
    const [uid, gid] = [process.geteuid!(), process.getegid!()]
    const maps = ['--uid-map', `5:${uid}:1`, '--gid-map', 'self']
    const { stdout } = nskit('run', '-u', 'user', ...maps, 'cat', '/proc/self/uid_map', '/proc/self/gid_map')
    expect(stdout.trim().split(/\s+/).map(Number)).toEqual([5, uid, 1, gid, gid, 1])
  })

  test('with a pid namespace: an init, or with --no-init the command as PID 1', () => {
    const args = ['-u', 'user,pid', 'sh', '-c', 'echo $$']
    expect(nskit('run', ...args).stdout).not.toBe('1\n')
    expect(nskit('run', '--no-init', ...args).stdout).toBe('1\n')
  })
})

describeWith('ordinary', 'nskit run without the right to', () => {
  test('says which step was refused: exit code 1', () => {
    const { status, stderr } = nskit('run', '-u', 'net', 'true')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^nskit: create-net .*: EPERM/)
  })
})

describeWith('userns', 'nskit translate in a user namespace', () => {
  test("the owner of a file, of the own namespace, is an inside id and not its parent's", () => {
    const [uid, gid] = [process.geteuid!(), process.getegid!()]
    const maps = ['--uid-map', `5:${uid}:1`, '--gid-map', `6:${gid}:1`]
    const folder = mkdtempSync(join(tmpdir(), 'nskit-own-'))
    try {
      const script = 'exec "$1" "$2" translate "$3" --pid $$'
      const words = ['sh', process.execPath, NSKIT, folder]
      const { status, stdout } = nskit('run', '-u', 'user', ...maps, 'sh', '-c', script, ...words)
      expect({ status, lines: stdout.replaceAll(/pid [0-9]+/g, 'pid P').split('\n') }).toEqual({
        status: 0,
        lines: [
          `${folder}: uid host ${uid} is 5 in the user namespace of pid P`,
          `${folder}: gid host ${gid} is 6 in the user namespace of pid P`,
          '',
        ],
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
