import * as childProcess from 'node:child_process'
import { spawnSync } from '../../lib/index'
import { descriptors } from '../support/leftovers'
import { describeWith } from '../support/needs'

const NAMESPACES = { unshare: ['user', 'pid', 'mnt'] } as const

describe.each([['without namespaces', {}] as const, ['in namespaces', NAMESPACES] as const])(
  'spawnSync, %s',
  (_, options) => {
    describeWith('userns', 'as child_process', () => {
      test.each<[string, string, string[], object]>([
        ['output', '/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'], {}],
        ['input', 'cat', [], { input: 'given' }],
        ['binary input', 'cat', [], { input: Buffer.from([0, 255, 10]) }],
        ['an encoding', 'echo', ['ä'], { encoding: 'latin1' }],
        ['no encoding', 'echo', ['ä'], { encoding: null }],
        ['no input', 'cat', [], {}],
        ['a signal', '/bin/sh', ['-c', 'kill -TERM $$; sleep 20'], {}],
        ['ignored stdio', 'echo', ['x'], { stdio: 'ignore' }],
      ])('%s', (_name, command, args, more) => {
        const expected = childProcess.spawnSync(command, args, more)
        const actual = spawnSync(command, args, { ...options, ...more })
        expect(actual.pid).toBeGreaterThan(0)
        expect({ ...actual, pid: 0, error: undefined }).toEqual({
          ...expected,
          pid: 0,
          error: undefined,
          output: expected.output ?? [null, null, null],
        })
        expect((actual.error as NodeJS.ErrnoException | undefined)?.code).toBe(
          (expected.error as NodeJS.ErrnoException | undefined)?.code,
        )
      })

      test('too much output is cut, and ends the command', () => {
        const { stdout, error, signal } = spawnSync(
          '/bin/sh',
          ['-c', 'yes | head -c 100000; exec sleep 600'],
          { ...options, maxBuffer: 1000 },
        )
        expect(stdout).toEqual(Buffer.from('y\n'.repeat(500)))
        expect([(error as NodeJS.ErrnoException).code, signal]).toEqual(['ENOBUFS', 'SIGTERM'])
      })

      test('10 MB in and out', () => {
        const input = Buffer.alloc(10 << 20, '0123456789')
        const { stdout, status } = spawnSync('cat', [], { ...options, input, maxBuffer: 20 << 20 })
        expect(status).toBe(0)
        expect((stdout as Buffer).equals(input)).toBe(true)
      })

      test('a timeout', () => {
        const { error, signal, status } = spawnSync('sleep', ['600'], { ...options, timeout: 50 })
        expect(error).toMatchObject({
          code: 'ETIMEDOUT',
          syscall: 'spawnSync sleep',
          path: 'sleep',
          spawnargs: ['600'],
        })
        expect([signal, status]).toEqual(['SIGTERM', null])
      })

      test('a program that is not there', () => {
        const { error, pid, status } = spawnSync('/no/such/program', ['a'], options)
        expect(error).toMatchObject({
          step: 'exec',
          code: 'ENOENT',
          syscall: 'spawnSync /no/such/program',
          spawnargs: ['a'],
        })
        expect([pid, status]).toEqual([undefined, null])
      })

      test('descriptors are as before, also after failures', () => {
        spawnSync('true', options)
        const before = descriptors()
        for (let i = 0; i < 20; i++) {
          spawnSync('cat', { ...options, input: 'x' })
          spawnSync('/no/such/program', options)
          spawnSync('true', { ...options, cwd: '/no/such/folder' })
        }
        expect(descriptors()).toEqual(before)
      })
    })
  },
)

test('wrong options throw', () => {
  expect(() => spawnSync('true', { maxBuffer: -1 })).toThrow(RangeError)
  expect(() => spawnSync('true', { encoding: 'nope' as BufferEncoding })).toThrow(TypeError)
  expect(() => spawnSync('true', { input: 5 as unknown as string })).toThrow(TypeError)
})
