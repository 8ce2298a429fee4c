import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, uptime } from 'node:os'
import { join } from 'node:path'
import { ParseError } from '../../lib/errors/parse-error.js'
import { ContainerRegistry } from '../../lib/identity/index.js'
import { spawn } from '../../lib/spawn/spawn.js'
import { itWith } from '../support/needs.js'
import { runScript } from '../support/node-script.js'
import { date, entry } from './entries.js'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-registry-'))
  path = join(folder, 'registry.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function names(registry: ContainerRegistry, id: number): string[] {
  return registry.ownerOf('uid', id).candidates.map(({ name }) => name)
}

describe('a registry in a file', () => {
  it('is empty without one, and leaves none until something is added', () => {
    const registry = ContainerRegistry.open(path)
    expect(names(registry, 100000)).toEqual([])
    registry.remove('nobody')
    expect(readdirSync(folder)).toEqual([])
  })

  it('is there for the next that opens it, with nothing left beside it', () => {
    const registry = ContainerRegistry.open(path)
    registry.add(entry('web', '0:100000:1000', { userNamespace: 4026532200n, auditSession: 5 }))
    registry.add(entry('db', '0:200000:1000'))
    registry.remove('db', date(Date.now() - 1))
    expect(ContainerRegistry.open(path).toJSON()).toEqual(registry.toJSON())
    expect(readdirSync(folder)).toEqual(['registry.json'])
    expect(ContainerRegistry.fromJSON(JSON.parse(readFileSync(path, 'utf8'))).toJSON()).toEqual(
      registry.toJSON(),
    )
  })

  it('takes in with each change, and with refresh(), what another has changed', () => {
    const [a, b] = [ContainerRegistry.open(path), ContainerRegistry.open(path)]
    a.add(entry('web', '0:100000:1000'))
    b.add(entry('db', '0:200000:1000'))
    expect(names(b, 100000)).toEqual(['web'])
    expect(names(a, 200000)).toEqual([])
    a.refresh()
    expect(names(a, 200000)).toEqual(['db'])
    a.remove('db')
    b.refresh()
    expect(names(b, 200000)).toEqual([])
  })

  it('keeps the mode of its file, and the link that leads to it', () => {
    const link = join(folder, 'link.json')
    ContainerRegistry.open(path).add(entry('web', '0:100000:1000'))
    chmodSync(path, 0o640)
    symlinkSync(path, link)
    ContainerRegistry.open(link).add(entry('db', '0:200000:1000'))
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect(names(ContainerRegistry.open(path), 200000)).toEqual(['db'])
  })

  itWith('root', 'keeps the owner and the group of its file, who may be all that can read it', () => {
    const registry = ContainerRegistry.open(path)
    registry.add(entry('web', '0:100000:1000'))
    chownSync(path, 1, 4)
    chmodSync(path, 0o640)
    registry.add(entry('db', '0:200000:1000'))
    const { uid, gid, mode } = statSync(path)
    expect({ uid, gid, mode: mode & 0o777 }).toEqual({ uid: 1, gid: 4, mode: 0o640 })
  })

  it('is changed by nothing that fails', () => {
    const registry = ContainerRegistry.open(path)
    registry.add(entry('web', '0:100000:1000'))
    const before = readFileSync(path, 'utf8')
    expect(() => registry.add({ name: 'x' } as never)).toThrow(TypeError)
    rmSync(folder, { recursive: true })
    expect(() => registry.add(entry('db', '0:200000:1000'))).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    )
    expect(JSON.stringify(registry)).toBe(before.trimEnd())
  })
})

describe('a registry of an earlier boot', () => {
  const OTHER_BOOT = '00000000-0000-4000-8000-000000000000'
  const since = date(1000)

  /** As it was written then. */
  function reboot(): void {
    const text = readFileSync(path, 'utf8')
    const { boot } = JSON.parse(text).containers[0]
    expect(boot).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim())
    writeFileSync(path, text.replaceAll(boot, OTHER_BOOT))
  }

  it('has no session any more: this boot gives them out anew; questions about that time are answered', () => {
    ContainerRegistry.open(path).add(entry('web', '0:100000:1000', { auditSession: 5, from: since }))
    const before = ContainerRegistry.open(path)
    expect(before.ownerOf('uid', 100000, { auditSession: 5 }).via).toBe('session')
    reboot()
    const booted = Date.now() - uptime() * 1000
    const registry = ContainerRegistry.open(path)
    expect(registry.ownerOf('uid', 100000, { auditSession: 5 }).confidence).toBe('none')
    expect(registry.ownerOf('uid', 100000, { auditSession: 5, at: date(booted - 60_000) }).via).toBe(
      'session',
    )
    registry.add(entry('db', '0:200000:1000'))
    const [web] = JSON.parse(readFileSync(path, 'utf8')).containers
    expect(web).not.toHaveProperty('boot')
    expect(Math.abs(Date.parse(web.to) - booted)).toBeLessThan(20_000)
  })

  it('has the ranges that are configured, without a session, as before', () => {
    const configured = ContainerRegistry.open(path)
    configured.add(entry('db', '0:200000:1000', { auditSession: 6, from: since, to: date(2000) }))
    configured.add(entry('web', '0:100000:1000'))
    reboot()
    const registry = ContainerRegistry.open(path)
    expect(names(registry, 100000)).toEqual(['web'])
    expect(registry.toJSON().containers[0]?.to).toBe(date(2000).toISOString())
  })

  itWith('userns', 'has no tracked child: its processes are gone', async () => {
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore', name: 'web', unshare: ['user'] })
    try {
      await child.spawned
      ContainerRegistry.open(path).track(child)
      const uid = process.getuid?.() ?? 0
      expect(names(ContainerRegistry.open(path), uid)).toEqual(['web'])
      reboot()
      expect(names(ContainerRegistry.open(path), uid)).toEqual([])
    } finally {
      await child[Symbol.asyncDispose]()
    }
  })
})

describe('a file that is no registry', () => {
  it.each([
    ['empty', ''],
    ['torn', '{"schema":"nskit-container-registry","version":1,"containers":[{"key":"a"'],
    ['of another program', '{"containers":[]}\n'],
    ['of a later version', '{"schema":"nskit-container-registry","version":2,"containers":[]}\n'],
    ['no JSON', 'root:100000:65536\n'],
  ])('%s: is an error that names it, and stays as it is', (_, text) => {
    writeFileSync(path, text)
    expect(() => ContainerRegistry.open(path)).toThrow(ParseError)
    expect(() => ContainerRegistry.open(path)).toThrow(path)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it('is not replaced either when it becomes one later; what is known stays', () => {
    const registry = ContainerRegistry.open(path)
    registry.add(entry('web', '0:100000:1000'))
    writeFileSync(path, 'torn')
    expect(() => registry.refresh()).toThrow(ParseError)
    expect(() => registry.add(entry('db', '0:200000:1000'))).toThrow(ParseError)
    expect(readFileSync(path, 'utf8')).toBe('torn')
    expect(names(registry, 100000)).toEqual(['web'])
    expect(readdirSync(folder)).toEqual(['registry.json'])
  })
})

describe('several writers', () => {
  const WRITERS = 4
  const EACH = 25

  it('lose nothing of each other, and every reader sees a whole file', async () => {
    ContainerRegistry.open(path).add(entry('first', '0:5:1'))
    const writers = Array.from({ length: WRITERS }, (_, writer) =>
      runScript(
        ({ nskit, say }, { path, writer, each }) => {
          const registry = nskit.ContainerRegistry.open(path)
          for (let i = 0; i < each; i++) {
            const hostID = 100_000 + (writer * each + i) * 10
            const uidMap = new nskit.IdMap([{ containerID: 0, hostID, size: 10 }])
            registry.add({ name: `${writer}-${i}`, uidMap })
          }
          say('done')
        },
        { path, writer, each: EACH },
      ),
    )
    let done = false
    const all = Promise.all(writers).finally(() => {
      done = true
    })
    let seen = 0
    while (!done) {
      const { containers } = ContainerRegistry.open(path).toJSON()
      expect(containers.length).toBeGreaterThanOrEqual(seen)
      seen = containers.length
      await new Promise(setImmediate)
    }
    await all
    const registry = ContainerRegistry.open(path)
    expect(registry.toJSON().containers).toHaveLength(1 + WRITERS * EACH)
    for (let i = 0; i < WRITERS * EACH; i++) expect(names(registry, 100_000 + i * 10)).toHaveLength(1)
    expect(readdirSync(folder)).toEqual(['registry.json'])
  })

  it('are not held up by one that was killed with the lock', async () => {
    const killed = await runScript(
      ({ nskit, fs, say }, { path, folder }) => {
        const registry = nskit.ContainerRegistry.open(path)
        registry.add({ name: 'web', uidMap: new nskit.IdMap([{ containerID: 0, hostID: 5, size: 1 }]) })
        // The lock is held, and a half-written file lies there, when the next one is renamed: stop right before.
        fs.renameSync = () => {
          say(fs.readdirSync(folder).sort())
          process.kill(process.pid, 'SIGKILL')
        }
        registry.add({ name: 'db', uidMap: new nskit.IdMap([{ containerID: 0, hostID: 6, size: 1 }]) })
      },
      { path, folder },
    ).catch((error: Error) => error.message)
    expect(killed).toContain('SIGKILL')
    expect(killed).toContain('registry.json.lock')
    expect(existsSync(`${path}.new`)).toBe(true)
    const registry = ContainerRegistry.open(path)
    registry.add(entry('mail', '0:7:1'))
    expect([5, 6, 7].map((id) => names(registry, id))).toEqual([['web'], [], ['mail']])
    expect(readdirSync(folder)).toEqual(['registry.json'])
  })

  it('do not take the lock from a holder that may live: another boot’s is dead, another pid namespace’s is not', () => {
    const registry = ContainerRegistry.open(path)
    const lock = `${path}.lock`
    symlinkSync('00000000-0000-0000-0000-000000000000 pid:[1] 1 1 x', lock)
    registry.add(entry('web', '0:5:1'))
    expect(existsSync(lock)).toBe(false)
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    symlinkSync(`${boot} pid:[1] 999999 1 x`, lock)
    expect(() => registry.add(entry('db', '0:6:1'))).toThrow(
      expect.objectContaining({ code: 'ERR_NSKIT_LOCKED', path: lock }),
    )
    expect(names(registry, 6)).toEqual([])
  })
})
