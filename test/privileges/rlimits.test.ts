import { readFileSync } from 'node:fs'
import { execFile, explain, type SpawnOptions, spawn } from '../../lib/index'
import { RLIMITS } from '../../lib/tables/rlimits'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith } from '../support/needs'
import { outcome } from '../support/outcome'

/** /proc/PID/limits: the words that begin a line, and its two values. */
function limitOf(text: string, words: string): [soft: string, hard: string] {
  const line = text.split('\n').find((each) => each.startsWith(words)) ?? ''
  const [soft = '', hard = ''] = line.slice(words.length).trim().split(/\s+/)
  return [soft, hard]
}

async function limitsInside(options: SpawnOptions): Promise<string> {
  return (await execFile('cat', ['/proc/self/limits'], options)).stdout
}

describe.each<[string, SpawnOptions]>([
  ['without namespaces', {}],
  ['under init', { unshare: ['user', 'pid', 'mnt'] }],
])('limits, %s', (_, options) => {
  describeWith('userns', 'are what the command finds', () => {
    test('one number is both limits; either style of name does', async () => {
      const text = await limitsInside({ ...options, rlimits: { RLIMIT_NOFILE: 64, fsize: 4096 } })
      expect(limitOf(text, 'Max open files')).toEqual(['64', '64'])
      expect(limitOf(text, 'Max file size')).toEqual(['4096', '4096'])
    })

    test('soft and hard apart, and none at all', async () => {
      const rlimits = {
        core: { soft: 0, hard: 512 },
        RLIMIT_CPU: { soft: 100, hard: Number.POSITIVE_INFINITY },
      }
      const text = await limitsInside({ ...options, rlimits })
      expect(limitOf(text, 'Max core file size')).toEqual(['0', '512'])
      expect(limitOf(text, 'Max cpu time')).toEqual(['100', 'unlimited'])
    })

    test('the set-up itself does not meet them', async () => {
      // Fewer descriptors than it has open, no file that may grow, no process beyond this one.
      const rlimits = { nofile: 4, fsize: 0, nproc: 0 }
      const { stdout } = await execFile('/bin/echo', ['ran'], { ...options, rlimits })
      expect(stdout).toBe('ran\n')
    })

    test('they hold', async () => {
      const script = 'head -c 9000 /dev/zero > "$0/nskit-limit"; echo $?; rm "$0/nskit-limit"'
      const { stdout } = await execFile(
        'sh',
        ['-c', `trap "" XFSZ; ${script}`, process.env.TMPDIR ?? '/tmp'],
        {
          ...options,
          rlimits: { fsize: 4096 },
        },
      )
      expect(stdout).toBe('1\n')
    })
  })
})

test('every resource has its number (prlimit(1) names them alike)', () => {
  // The lines of /proc/PID/limits stand in the order of the numbers, but for none.
  const lines = readFileSync('/proc/self/limits', 'utf8').trimEnd().split('\n').slice(1)
  expect(Object.values(RLIMITS)).toEqual(lines.map((_, index) => index))
})

describeWith('userns', 'raising a hard limit', () => {
  const low: SpawnOptions = { unshare: ['user'], rlimits: { nofile: 64 } }
  const script = (options: SpawnOptions) => `
    const { spawn } = require('nskit')
    spawn('true', ${JSON.stringify(options)}).on('error', (error) => {
      console.log(JSON.stringify({ ...error, hint: error.hint }))
    }).on('spawn', () => console.log('{}'))`

  const tried = async (options: SpawnOptions) => {
    const cwd = `${__dirname}/../..`
    const { stdout } = await execFile(process.execPath, ['-e', script(options)], { ...low, cwd })
    return JSON.parse(stdout)
  }

  test('needs privilege over the host: the limit is named', async () => {
    expect(await tried({ rlimits: { core: 0, nofile: 65 } })).toMatchObject({
      step: 'set-limits',
      code: 'EPERM',
      syscall: 'setrlimit',
      target: 'RLIMIT_NOFILE 65:65',
      hint: expect.stringContaining('CAP_SYS_RESOURCE in the initial user namespace'),
    })
  })

  test('lowering, or as it is, needs none', async () => {
    expect(await tried({ rlimits: { nofile: { soft: 40, hard: 64 } } })).toEqual({})
  })
})

test('a refused limit leaves nothing', async () => {
  await outcome(spawn('true'))
  await expectNothingLeft(async () => {
    // Above fs.nr_open nobody can go.
    const { error } = await outcome(spawn('true', { rlimits: { nofile: Number.POSITIVE_INFINITY } }))
    expect(error).toMatchObject({
      step: 'set-limits',
      code: 'EPERM',
      target: 'RLIMIT_NOFILE unlimited:unlimited',
    })
  })
})

test('explain() tells the limits', () => {
  const steps = explain('true', { rlimits: { nofile: { soft: 1, hard: 2 }, as: Number.POSITIVE_INFINITY } })
  expect(steps).toContainEqual({
    step: 'set-limits',
    detail: 'RLIMIT_NOFILE 1:2, RLIMIT_AS unlimited:unlimited',
  })
})
