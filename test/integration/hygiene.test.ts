import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { spawn, spawnSync } from '../../lib/index'
import { shell } from '../support/inside'
import { descriptors, expectNothingLeft, zombies } from '../support/leftovers'
import { describeWith } from '../support/needs'
import { runScript } from '../support/node-script'
import { outcome } from '../support/outcome'

const NAMESPACES = { unshare: ['user', 'pid', 'mnt', 'ipc', 'uts', 'cgroup'] } as const
const WAYS = [
  ['without namespaces', {}],
  ['under init', NAMESPACES],
  ['as PID 1', { ...NAMESPACES, init: false }],
] as const

const NONE = '0000000000000000'

describe.each(WAYS)('what the command is given, %s', (_, options) => {
  describeWith('userns', 'signals and descriptors', () => {
    test('no signal is blocked or ignored, whatever Node blocks and ignores', async () => {
      const text = await shell('grep -E "^Sig(Blk|Ign)" /proc/self/status', options)
      expect(text).toBe(`SigBlk:\t${NONE}\nSigIgn:\t${NONE}`)
    })

    test('nor where Node inherited ignored signals itself', async () => {
      const [text] = await runScript(
        async ({ nskit, say }, { options }) => {
          const { stdout } = await nskit.execFile(
            'grep',
            ['-E', '^Sig(Blk|Ign)', '/proc/self/status'],
            options,
          )
          say(stdout)
        },
        { options },
        { through: ['/bin/sh', '-c', 'trap "" HUP INT TERM USR1 PIPE TSTP; exec "$@"', 'sh'] },
      )
      expect(text).toBe(`SigBlk:\t${NONE}\nSigIgn:\t${NONE}\n`)
    })

    test('no death signal of a command that outlives Node, one otherwise', async () => {
      // prctl(PR_GET_PDEATHSIG), which no file of /proc shows.
      const program =
        'import ctypes; n = ctypes.c_int(); ctypes.CDLL(None).prctl(2, ctypes.byref(n)); print(n.value)'
      const ask = async (more: object) =>
        (await outcome(spawn('python3', ['-c', program], { ...options, ...more }))).stdout
      expect(await ask({ detached: true })).toBe('0\n')
      expect(await ask({})).toBe('9\n')
    })

    test('0, 1, 2 and nothing that Node itself inherited', async () => {
      const fd = openSync('/etc/passwd', 'r')
      try {
        // child_process's descriptor 7 has no close-on-exec: it is there before Node runs anything.
        const [open] = await runScript(
          async ({ nskit, fs, say }, { options }) => {
            if (!fs.readlinkSync('/proc/self/fd/7').endsWith('passwd')) throw new Error('7 is not inherited')
            const { stdout } = await nskit.execFile('/bin/sh', ['-c', 'echo /proc/self/fd/*'], options)
            say(stdout.trim().replaceAll('/proc/self/fd/', ''))
          },
          { options },
          { stdio: ['ignore', 'pipe', 'inherit', 'ignore', 'ignore', 'ignore', 'ignore', fd] },
        )
        // The shell lists /proc/self/fd through a descriptor of its own.
        expect(open).toBe('0 1 2 3')
      } finally {
        closeSync(fd)
      }
    })

    test("the umask, the working directory and the resource limits are the caller's", async () => {
      const script = 'umask; pwd; ulimit -n; ulimit -s'
      expect(await shell(script, options)).toBe(await shell(script))
      expect((await shell(script, options)).split('\n')[1]).toBe(process.cwd())
    })
  })
})

describeWith('userns', 'what Node keeps', () => {
  test('dumpable, ids, umask, working directory, signals and namespaces are as before', async () => {
    const [same] = await runScript(async ({ nskit, fs, say, ending }) => {
      const look = () => {
        const status = fs.readFileSync('/proc/self/status', 'latin1').split('\n')
        const kept = /^(Uid|Gid|Groups|Umask|Sig(Blk|Ign|Cgt)|Cap|NoNewPrivs|Seccomp)/
        return JSON.stringify([
          status.filter((line) => kept.test(line)),
          process.cwd(),
          // Of a process that is not dumpable root owns the files.
          fs.statSync('/proc/self/environ').uid,
          fs
            .readdirSync('/proc/thread-self/ns')
            .map((name) => fs.readlinkSync(`/proc/thread-self/ns/${name}`)),
        ])
      }
      const all = ['user', 'mnt', 'uts', 'ipc', 'net', 'cgroup', 'pid', 'time'] as const
      const before = look()
      for (const init of [true, false]) {
        await ending(nskit.spawn('true', { unshare: all, init, cwd: '/' }))
        nskit.spawnSync('true', { unshare: all, init })
        await ending(nskit.spawn('/no/such', { unshare: all, init }))
      }
      say(look() === before || { before, after: look() })
    })
    expect(same).toBe(true)
  })
})

describe.each(WAYS)('many, %s', (_, options) => {
  describeWith('userns', 'and nothing is left', () => {
    beforeAll(() => outcome(spawn('true', options)))

    test('200 in turns of 20 leave no descriptor, zombie or mount', async () => {
      await expectNothingLeft(async () => {
        for (let i = 0; i < 10; i++) {
          const children = Array.from({ length: 20 }, () => spawn('true', options))
          await Promise.all(children.map((child) => once(child, 'close')))
        }
        expect(zombies()).toEqual([])
      })
    })

    test('200 at once all end well', async () => {
      const before = descriptors().length
      const children = Array.from({ length: 200 }, (_, i) =>
        spawn('/bin/sh', ['-c', `echo ${i}; exit ${i % 100}`], options),
      )
      const ends = await Promise.all(children.map(outcome))
      expect(ends.map(({ stdout }) => stdout)).toEqual(ends.map((_, i) => `${i}\n`))
      expect(ends.map(({ code }) => code)).toEqual(ends.map((_, i) => i % 100))
      expect(descriptors().length).toBe(before)
    })

    test('100 in a row by spawnSync leave nothing', async () => {
      await expectNothingLeft(() => {
        for (let i = 0; i < 100; i++) expect(spawnSync('true', options).status).toBe(0)
      })
    })
  })
})
