import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { type ProcessStatus, readAllStatuses, readStatus } from '../../lib/status/index.js'
import { itWith } from '../support/needs.js'
import { referenceFields, referenceStatus } from '../support/status-reference.js'
import { until } from '../support/wait.js'

const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }
})

/** A Node process that has run `script` and then does nothing. */
async function idle(script: string): Promise<number> {
  const child = spawn(
    process.execPath,
    ['-e', `${script}; process.stdout.write('.'); setInterval(() => {}, 1e6)`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  children.push(child)
  await new Promise((resolve, reject) => {
    child.stdout!.once('data', resolve)
    child.once('exit', (code) => reject(new Error(`the child ended: ${code}`)))
  })
  return child.pid!
}

/** What the kernel says of `pid`, and what we read, at a time when it did not change. */
function compared(pid: number): Promise<{ text: string; status: ProcessStatus }> {
  return until(
    () => {
      const before = readFileSync(file(pid), 'latin1')
      const status = readStatus(pid)
      return before === readFileSync(file(pid), 'latin1') ? { text: before, status } : undefined
    },
    `a moment at which ${file(pid)} does not change`,
  )
}

function file(pid: number): string {
  return `/proc/${pid}/status`
}

const named = (name: Buffer): string =>
  `require('fs').writeFileSync('/proc/self/comm', Buffer.from('${name.toString('hex')}', 'hex'))`

describe('reading a process', () => {
  it('agrees with its file, line by line', async () => {
    const pid = await idle('')
    const { text, status } = await compared(pid)
    expect({ ...status }).toEqual(referenceStatus(text))
    expect([...status.fields]).toEqual([...referenceFields(text)!])
    expect([status.pid, status.ppid]).toEqual([pid, process.pid])
  })

  it('reads the caller by default', () => {
    for (const status of [readStatus(), readStatus('self'), readStatus(process.pid)]) {
      expect(status.pid).toBe(process.pid)
      expect(status.uid).toMatchObject({ real: process.getuid!(), effective: process.geteuid!() })
      expect(status.memory.VmRSS).toBeGreaterThan(0)
    }
  })

  it.each([
    ['another field', Buffer.from('Uid:\t9\t9\t9\t9')],
    ['a carriage return and a field', Buffer.from('a\rPid:\t1')],
    ['a newline and a field', Buffer.from('a\nPid:\t1\nUid:\t0')],
    ['backslashes', Buffer.from('a\\nb\\\\n\\')],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0x80, 0x0a, 0x09, 0x85, 0xe2, 0x80])],
  ])('is not fooled by a name with %s', async (_, name) => {
    const pid = await idle(named(name))
    const status = readStatus(pid)
    expect(Buffer.from(status.name, 'latin1')).toEqual(name)
    expect([status.pid, status.ppid, status.uid.real]).toEqual([pid, process.pid, process.getuid!()])
    expect(readAllStatuses().find((one) => one.pid === pid)?.name).toBe(status.name)
  })

  it('reads a zombie, which has no memory', async () => {
    // sh becomes a program that never waits for the child that sh had.
    const parent = spawn('/bin/sh', ['-c', 'true & exec sleep 1000'], { stdio: 'ignore' })
    children.push(parent)
    const zombie = await until(
      () => readAllStatuses().find((status) => status.ppid === parent.pid && status.state === 'Z'),
      'a zombie',
    )
    expect(zombie.memory).toEqual({})
    const text = () => readFileSync(file(zombie.pid), 'latin1')
    // SigQ counts the pending signals of all that the user runs: others' come and go.
    const [status, same] = await until(() => {
      const before = text()
      const read = [readStatus(zombie.pid), before] as const
      return text() === before ? read : undefined
    }, 'nobody else has a signal pending meanwhile')
    expect({ ...status }).toEqual(referenceStatus(same))
  })

  itWith(
    'userns',
    'sees a contained process with the ids of the reader, and its pids outermost first',
    async () => {
      const outer = spawn('unshare', ['-r', '--pid', '--fork', '--kill-child', 'sleep', '1000'], {
        stdio: 'ignore',
      })
      children.push(outer)
      const inner = await until(
        () => readAllStatuses().find((status) => status.ppid === outer.pid && status.name === 'sleep'),
        'the contained process',
      )
      expect(inner.uid.real).toBe(process.getuid!())
      expect(inner.nsPid).toEqual([inner.pid, 1])
      // All of them, and none of them outside.
      expect(inner.capabilities.effective.has('CAP_SYS_ADMIN')).toBe(true)
      expect(inner.capabilities.effective).toEqual(inner.capabilities.permitted)
    },
  )

  itWith('root', 'reads 65,536 groups', async () => {
    const pid = await idle('process.setgroups(Array.from({ length: 65536 }, (_, i) => 4294900000 + i))')
    expect(readStatus(pid).groups).toEqual(Array.from({ length: 65536 }, (_, i) => 4294900000 + i))
    expect(readAllStatuses().find((status) => status.pid === pid)?.groups).toHaveLength(65536)
  })

  it('a process that is not there is ESRCH', async () => {
    const child = spawn('true', { stdio: 'ignore' })
    await new Promise((resolve) => child.once('exit', resolve))
    for (const pid of [child.pid!, 0x7fff_ffff]) {
      expect(() => readStatus(pid)).toThrow(
        expect.objectContaining({ code: 'ESRCH', errno: -3, path: file(pid) }),
      )
    }
  })

  it('what is no process is refused', () => {
    for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 31]) expect(() => readStatus(pid)).toThrow(RangeError)
    for (const pid of ['1', null, {}, 1n]) expect(() => readStatus(pid as never)).toThrow(TypeError)
  })
})

describe('reading all processes', () => {
  const listed = (): Set<number> =>
    new Set(
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number),
    )

  it('has every process that was there all the time, once, as readStatus has it', async () => {
    const pid = await idle(named(Buffer.from('a\nPid:\t1')))
    const before = listed()
    const all = readAllStatuses()
    const after = listed()
    const pids = all.map((status) => status.pid)
    expect(new Set(pids).size).toBe(pids.length)
    for (const one of before) if (after.has(one)) expect(pids).toContain(one)
    const [own, alone] = [all.find((status) => status.pid === pid)!, readStatus(pid)]
    const steady = (status: ProcessStatus) => {
      return [
        status.name,
        status.ppid,
        status.uid,
        status.gid,
        status.groups,
        status.nsPid,
        status.capabilities,
      ]
    }
    expect(steady(own)).toEqual(steady(alone))
    expect([...own.fields.keys()]).toEqual([...alone.fields.keys()])
  })

  it('leaves out those that end meanwhile', async () => {
    const storm = spawn('/bin/sh', ['-c', 'while :; do /bin/true & /bin/true & wait; done'], {
      stdio: 'ignore',
    })
    children.push(storm)
    await until(
      () => readAllStatuses().some((status) => status.ppid === storm.pid),
      'the first of the children',
    )
    for (let i = 0; i < 30; i++) {
      const all = readAllStatuses()
      expect(all.every((status) => status.pid > 0 && status.fields.has('Pid'))).toBe(true)
    }
  })
})
