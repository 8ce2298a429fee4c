import { describeWith } from '../support/needs'
import { runScript } from '../support/node-script'

const OPTIONS = [
  ['without namespaces', {}],
  ['under init', { unshare: ['user', 'pid', 'mnt'] }],
] as const

describe.each(OPTIONS)('the environment, %s', (_, options) => {
  describeWith('userns', 'as child_process has it', () => {
    test('by default it is process.env as it is at the call, in a Worker too', async () => {
      const said = await runScript(
        async ({ nskit, childProcess, workers, packagePath, say, events }, { options }) => {
          process.env.NSKIT_ADDED = 'at run time, ä'
          process.env.NSKIT_CHANGED = 'now'
          delete process.env.NSKIT_REMOVED
          // The shell's own variable names this very command.
          const lines = (text: string) =>
            JSON.stringify(
              text
                .split('\n')
                .filter((line) => !line.startsWith('_='))
                .sort(),
            )
          const theirs = lines(childProcess.execFileSync('/usr/bin/env', { encoding: 'utf8' }))
          say(theirs.includes('NSKIT_ADDED=at run time, ä') && theirs.includes('NSKIT_CHANGED=now'))
          say(theirs.includes('NSKIT_REMOVED'))
          say(lines((await nskit.execFile('/usr/bin/env', [], options)).stdout) === theirs)
          say(lines(String(nskit.spawnSync('/usr/bin/env', [], options).stdout)) === theirs)
          const code = `
            const { workerData, parentPort } = require('node:worker_threads')
            process.env.NSKIT_OF_WORKER = 'its own'
            require(workerData.packagePath).execFile('/usr/bin/env', [], workerData.options)
              .then(({ stdout }) => parentPort.postMessage(stdout))
          `
          const worker = new workers.Worker(code, { eval: true, workerData: { packagePath, options } })
          const [text] = (await events.once(worker, 'message')) as [string]
          say(
            lines(text.replace('NSKIT_OF_WORKER=its own\n', '')) === theirs &&
              text.includes('NSKIT_OF_WORKER'),
          )
        },
        { options },
        { env: { ...process.env, NSKIT_CHANGED: 'before', NSKIT_REMOVED: 'before' } },
      )
      expect(said).toEqual([true, false, true, true, true])
    })

    test('an object in place of process.env counts, frozen too', async () => {
      const said = await runScript(
        async ({ nskit, say }, { options }) => {
          const { PATH } = process.env
          for (const A of ['open', 'frozen']) {
            const env = { PATH, A }
            process.env = A === 'open' ? env : Object.freeze(env)
            say(String(nskit.spawnSync('sh', ['-c', 'echo "$A"'], options).stdout))
          }
        },
        { options },
      )
      expect(said).toEqual(['open\n', 'frozen\n'])
    })

    test('an env given is all there is, and its PATH is searched', async () => {
      const said = await runScript(
        async ({ nskit, fs, say }, { options }) => {
          const folder = fs.mkdtempSync(`${process.env.TMPDIR ?? '/tmp'}/nskit-path-`)
          fs.writeFileSync(`${folder}/nskit-own`, '#!/bin/sh\necho "$A|$HOME"\n', { mode: 0o755 })
          const env = { A: '1', PATH: `/no/such:${folder}`, UNSET: undefined }
          say((await nskit.execFile('nskit-own', [], { ...options, env })).stdout)
          say(
            (await nskit.execFile('/usr/bin/env', [], { ...options, env: { A: '1', UNSET: undefined } }))
              .stdout,
          )
          // EACCES where PATH has a folder that this user may not search, as with execvp(3).
          const missing = await nskit.execFile('nskit-own', [], options).catch(({ code }) => code)
          say(missing === 'ENOENT' || missing === 'EACCES')
          process.env.PATH = `${folder}:${process.env.PATH}`
          say((await nskit.execFile('nskit-own', [], { ...options, env: undefined })).stdout.startsWith('|'))
          fs.rmSync(folder, { recursive: true })
        },
        { options },
      )
      expect(said).toEqual(['1|\n', 'A=1\n', true, true])
    })

    test('one argument or variable above 128 KiB is E2BIG, as child_process says', async () => {
      const said = await runScript(
        async ({ nskit, childProcess, say, inventory, settled, warmUp }, { options }) => {
          const long = 'x'.repeat(128 * 1024)
          const told = ({ code, errno, syscall, path }: NodeJS.ErrnoException) => ({
            code,
            errno,
            syscall,
            path,
          })
          const theirs = JSON.stringify(told(childProcess.spawnSync('/bin/echo', [long]).error as Error))
          await warmUp()
          const before = inventory()
          const error = (await nskit
            .execFile('/bin/echo', [long], options)
            .catch((reason) => reason)) as Error
          const sync = nskit.spawnSync('/bin/echo', [], { ...options, env: { LONG: long } }).error as Error
          // execFile's promise has no path in either.
          say({ ...JSON.parse(theirs), path: undefined, syscall: undefined })
          say({ ...told(error), path: undefined, syscall: undefined })
          say(
            JSON.stringify({ ...told(sync), syscall: 0 }) ===
              JSON.stringify({ ...JSON.parse(theirs), syscall: 0 }),
          )
          // Just short of it is taken.
          say((await nskit.execFile('/bin/echo', [long.slice(2)], options)).stdout.length)
          say(await settled(before))
        },
        { options },
      )
      const error = { code: 'E2BIG', errno: -7 }
      expect(said).toEqual([error, error, true, 128 * 1024 - 1, true])
    })

    test('more than a plan may hold is E2BIG as well', async () => {
      const said = await runScript(
        async ({ nskit, say, ending }, { options }) => {
          const args = Array.from({ length: 200 }, () => 'x'.repeat(100_000))
          say(await ending(nskit.spawn('/bin/true', args, options)))
        },
        { options },
      )
      expect(said).toEqual(['E2BIG'])
    })
  })
})
