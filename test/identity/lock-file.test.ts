import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { itWith } from '../support/needs.js'
import { runScript } from '../support/node-script.js'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-registry-'))
  path = join(folder, 'registry.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('writers of one registry', () => {
  itWith('root', 'do not take the lock from a holder that /proc hides (hidepid=)', async () => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const ticks = readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ')[19]
    const holder = `${boot} ${readlinkSync('/proc/self/ns/pid')} ${process.pid} ${ticks} x`
    symlinkSync(holder, `${path}.lock`)
    chmodSync(folder, 0o777)
    const said = await runScript(
      ({ nskit, say }, { path }) => {
        process.setgid?.(1000)
        process.setgroups?.([])
        process.setuid?.(1000)
        const uidMap = new nskit.IdMap([{ containerID: 0, hostID: 5, size: 1 }])
        try {
          nskit.ContainerRegistry.open(path).add({ name: 'web', uidMap })
        } catch (error) {
          say((error as NodeJS.ErrnoException).code)
        }
      },
      { path },
      { through: ['unshare', '-m', 'sh', '-c', 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', 'sh'] },
    )
    expect(said).toEqual(['ERR_NSKIT_LOCKED'])
    expect(readlinkSync(`${path}.lock`)).toBe(holder)
  })

  it('wait for as long as the lock goes from one to the next', async () => {
    const lock = `${path}.lock`
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const [waited] = await runScript(
      async ({ nskit, fs, say, workers }, { lock, path, boot }) => {
        // Others that take turns for longer than one may have it.
        const passing = `
          const { lock, boot } = require('node:worker_threads').workerData
          const fs = require('node:fs')
          let turn = 0
          const pass = () => {
            fs.symlinkSync(boot + ' pid:[1] 999999 1 ' + turn, lock + '.next')
            fs.renameSync(lock + '.next', lock)
            if (turn++ < 65) setTimeout(pass, 100)
            else fs.unlinkSync(lock)
          }
          pass()`
        new workers.Worker(passing, { eval: true, workerData: { lock, boot } })
        // It leads nowhere: existsSync() would not see it.
        while (!fs.lstatSync(lock, { throwIfNoEntry: false })) await new Promise(setImmediate)
        const uidMap = new nskit.IdMap([{ containerID: 0, hostID: 5, size: 1 }])
        const begin = performance.now()
        nskit.ContainerRegistry.open(path).add({ name: 'web', uidMap })
        say(performance.now() - begin)
      },
      { lock, path, boot },
    )
    expect(waited).toBeGreaterThan(5000)
    expect(readdirSync(folder)).toEqual(['registry.json'])
  })
})
