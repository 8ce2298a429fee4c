import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from '../../lib/index'
import { describeWith } from '../support/needs'
import { outcome } from '../support/outcome'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-stdio-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function temporary(name: string, content = ''): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe.each([
  ['without namespaces', {}] as const,
  ['under init', { unshare: ['user', 'pid'] as const }] as const,
])('stdio, %s', (_, options) => {
  describeWith('userns', 'what goes where', () => {
    test('10 MB through stdin and stdout at once', async () => {
      const bytes = Buffer.alloc(10 << 20, 'abcdefghij')
      const child = spawn('cat', [], options)
      const parts: Buffer[] = []
      child.stdout?.on('data', (part: Buffer) => parts.push(part))
      child.stdin?.end(bytes)
      await once(child, 'close')
      expect(Buffer.concat(parts).equals(bytes)).toBe(true)
    })

    test('1 MB on a stderr that nobody reads does not keep the end from coming', async () => {
      const child = spawn('/bin/sh', ['-c', 'head -c 1048576 /dev/zero >&2; echo done'], options)
      let text = ''
      child.stdout?.on('data', (part: Buffer) => {
        text += part
      })
      // As with child_process, somebody has to read while it runs: a full pipe holds the writer.
      child.stderr?.resume()
      expect(await once(child, 'close')).toEqual([0, null])
      expect(text).toBe('done\n')
    })

    test('an output that nobody read is drained at the exit', async () => {
      const child = spawn('/bin/sh', ['-c', 'head -c 60000 /dev/zero >&2'], options)
      expect(await once(child, 'close')).toEqual([0, null])
    })

    test('what becomes a standard stream blocks, and no other descriptor does', async () => {
      const path = join(folder, `fifo-${Object.keys(options).length}`)
      execFileSync('mkfifo', [path])
      const nonBlocking = (): number => openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
      const [standard, other] = [nonBlocking(), nonBlocking()]
      const child = spawn('cat', ['/proc/self/fdinfo/0', '/proc/self/fdinfo/5'], {
        ...options,
        stdio: [standard, 'pipe', 'inherit'],
        fds: { 5: other },
      })
      const { stdout } = await outcome(child)
      const flags = [...stdout.matchAll(/^flags:\s+(\d+)$/gm)].map(([, octal]) => Number.parseInt(octal!, 8))
      expect(flags.map((each) => (each & constants.O_NONBLOCK) !== 0)).toEqual([false, true])
      for (const fd of [standard, other]) closeSync(fd)
    })

    test('numbers and streams are inherited, in any order', async () => {
      const path = temporary('out')
      const fd = openSync(path, 'w')
      const child = spawn('/bin/sh', ['-c', 'echo one; echo two >&2'], {
        ...options,
        stdio: ['ignore', fd, fd],
      })
      expect(child.stdout).toBeNull()
      await once(child, 'close')
      closeSync(fd)
      expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
    })

    test('more than three, in both directions', async () => {
      const child = spawn('/bin/sh', ['-c', 'read x <&3; echo "$x back" >&4; echo "and 5" >&5'], {
        ...options,
        stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe', 'pipe'],
      })
      const [, , , three, four, five] = child.stdio
      const texts = ['', '']
      four?.on('data', (part) => {
        texts[0] = `${texts[0]}${part}`
      })
      five?.on('data', (part) => {
        texts[1] = `${texts[1]}${part}`
      })
      ;(three as NodeJS.WritableStream).write('there\n')
      await once(child, 'close')
      expect(texts).toEqual(['there back\n', 'and 5\n'])
    })

    test('swapped, colliding and repeated descriptors arrive where they should', async () => {
      const fds = ['a', 'b', 'c', 'd'].map((name) => openSync(temporary(name, `${name}\n`), 'r'))
      const [a = 0, b = 0, c = 0, d = 0] = fds
      // Targets are the numbers of the sources, rotated: each must be saved before it is overwritten.
      const targets = { [a]: b, [b]: c, [c]: d, [d]: a }
      const script = fds.map((fd) => `cat /proc/self/fd/${fd}`).join('; ')
      const { stdout, stderr } = await outcome(spawn('/bin/sh', ['-c', script], { ...options, fds: targets }))
      for (const fd of fds) closeSync(fd)
      expect([stdout, stderr]).toEqual(['b\nc\nd\na\n', ''])
    })

    test('the child has 0, 1, 2 and what was asked, and nothing else', async () => {
      const fd = openSync(temporary('kept'), 'r')
      const script = 'ls /proc/self/fd | sort -n | tr "\\n" " "'
      // ls itself opens the folder: one more than it inherited.
      const { stdout } = await outcome(spawn('/bin/sh', ['-c', script], { ...options, fds: { 9: fd } }))
      closeSync(fd)
      expect(stdout).toBe('0 1 2 3 9 ')
    })

    test('a descriptor that is not open is refused at its step', async () => {
      const { error, events } = await outcome(spawn('true', { ...options, fds: { 7: 999_999 } }))
      expect(error).toMatchObject({ step: 'move-descriptors', code: 'EBADF' })
      expect(events).toEqual(['error', 'close'])
    })
  })
})

test('input is read from a file, at its offset', async () => {
  const fd = openSync(temporary('input', 'from a file\n'), 'r')
  const { stdout } = await outcome(spawn('cat', [], { stdio: [fd, 'pipe', 'inherit'] }))
  closeSync(fd)
  expect(stdout).toBe('from a file\n')
})

test('a command that ends before it has read its input is no crash', async () => {
  const child = spawn('true')
  child.stdin?.on('error', () => {})
  child.stdin?.write(Buffer.alloc(1 << 20))
  expect(await once(child, 'close')).toEqual([0, null])
})
