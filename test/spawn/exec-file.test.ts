import * as childProcess from 'node:child_process'
import { promisify } from 'node:util'
import { execFile } from '../../lib/index'
import { describeWith } from '../support/needs'

const theirs = promisify(childProcess.execFile)

async function settle(promise: Promise<unknown>) {
  try {
    return { value: await promise }
  } catch (error) {
    const { name, message, code, signal, killed, stdout, stderr, cmd } = error as Record<string, unknown> &
      Error
    return { error: { name, message, code, signal, killed, stdout, stderr, cmd } }
  }
}

describe.each([
  ['without namespaces', {}] as const,
  ['in namespaces', { unshare: ['user', 'pid', 'mnt'] as const }] as const,
])('execFile, %s', (_, options) => {
  describeWith('userns', 'settles as promisify(child_process.execFile) does', () => {
    test.each<[string, string, string[], object]>([
      ['output', '/bin/sh', ['-c', 'echo out; echo err >&2'], {}],
      ['a non-zero exit', '/bin/sh', ['-c', 'echo out; echo err >&2; exit 4'], {}],
      ['a signal', '/bin/sh', ['-c', 'kill -TERM $$; sleep 20'], {}],
      ['a missing program', '/no/such/program', [], {}],
      [
        'too much output',
        '/bin/sh',
        ['-c', 'head -c 5000 /dev/zero | tr "\\0" x; exec sleep 600'],
        { maxBuffer: 1000 },
      ],
      ['a timeout', 'sleep', ['600'], { timeout: 50 }],
      ['bytes', '/bin/sh', ['-c', 'printf "\\377a"; echo err >&2'], { encoding: 'buffer' }],
      ['bytes of a failure', '/bin/sh', ['-c', 'printf "\\377a"; exit 3'], { encoding: null }],
      ['half a character', '/bin/sh', ['-c', 'printf "a\\303"'], {}],
      ['an encoding', '/bin/sh', ['-c', 'printf "\\377ab"'], { encoding: 'base64' }],
    ])('%s', async (_name, command, args, more) => {
      const expected = await settle(theirs(command, args, more))
      expect(await settle(execFile(command, args, { ...options, ...more }))).toEqual(expected)
    })

    test('input', async () => {
      const { stdout } = await execFile('cat', [], { ...options, input: 'given' })
      expect(stdout).toBe('given')
    })

    test('characters that arrive in pieces', async () => {
      const script = 'printf "\\303"; sleep 0.1; printf "\\244"'
      const { stdout } = await execFile('/bin/sh', ['-c', script], options)
      expect(stdout).toBe('ä')
    })

    test('the running process is at hand', async () => {
      const promise = execFile('sleep', ['600'], options)
      promise.child.kill('SIGKILL')
      await expect(promise).rejects.toMatchObject({ signal: 'SIGKILL', killed: true })
    })
  })
})
