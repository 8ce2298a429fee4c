/** Beside the audit package: its search tool on captured logs, and names for what a running auditd writes. */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { ContainerRegistry } from '../../lib/identity/index.js'
import { IdMap } from '../../lib/ids/index.js'
import { spawn } from '../../lib/spawn/spawn.js'
import { describeWith } from '../support/needs.js'
import { Auditd } from './auditd.js'
import { differences } from './ausearch.js'
import { LOGS, type LogName, linesOf, pathOf } from './logs.js'
import { type Tagged, tag } from './tag.js'

const TRUE = '/usr/bin/true'
const RULES = [`always,exit -F arch=b64 -S execve -F exe=${TRUE} -k nskit-test`]

/** First ids on the host: of two containers the same. */
const CONTAINERS = { web: 820_000, db: 820_000, mail: 840_000 } as const
type Name = keyof typeof CONTAINERS

/** A short life, one after another id, one behind the back of who started it, and a name that lies. */
function script(name: Name): string {
  return [
    // Until the registry knows of it.
    'read go',
    `${TRUE} nskit-${name}`,
    `setpriv --reuid 1000 --regid 1000 --clear-groups ${TRUE} nskit-${name}`,
    // Somebody else's child by now; what it has of stdout holds the shell up until it is over.
    `: "$( ( (${TRUE} nskit-${name}) & ) )"`,
    `(exec -a 'uid=0 ses=1' ${TRUE} nskit-${name} 'comm="x" uid=0')`,
  ].join('\n')
}

async function runContainer(name: Name, registry: ContainerRegistry): Promise<void> {
  const map = new IdMap([
    { containerID: 0, hostID: CONTAINERS[name], size: 1000 },
    { containerID: 1000, hostID: CONTAINERS[name] + 5000, size: 1 },
  ])
  const child = spawn('/bin/bash', ['-c', script(name)], {
    name,
    unshare: ['user', 'pid', 'mnt'],
    uidMap: map,
    gidMap: map,
    // Two with one map: without sessions nobody could tell them apart.
    auditSession: name !== 'mail',
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  registry.track(child)
  const closed = once(child, 'close')
  await child.spawned
  expect(child.auditSession !== undefined).toBe(name !== 'mail')
  child.stdout?.resume()
  child.stdin?.end('go\n')
  await closed
  expect(child.exitCode).toBe(0)
  registry.remove(name)
}

describeWith('ausearch', 'beside ausearch', () => {
  it.each(Object.keys(LOGS) as LogName[])('the log %s reads the same', (log) => {
    const { compared, different } = differences(pathOf(log), linesOf(log))
    expect(different).toEqual([])
    expect(compared).toBeGreaterThan(500)
  })
})

describeWith(['auditd', 'ausearch', 'userns'], 'records of a running auditd', () => {
  it('are each given the name of their container, and the host’s none', async () => {
    const registry = new ContainerRegistry()
    await using auditd = await Auditd.start({ rules: RULES })
    await Promise.all([
      ...(Object.keys(CONTAINERS) as Name[]).map((name) => runContainer(name, registry)),
      execFileSync(TRUE, ['nskit-host']),
    ])
    execFileSync(TRUE, ['nskit-host', 'uid=820000', 'ses=1'])
    const lines = await auditd.log()
    const tagged = await tag(registry, lines.join('\n'), { raw: true })

    expect(tagged.map(({ raw }) => raw)).toEqual(lines)
    const counts: Record<string, number> = {}
    for (const event of eventsOf(tagged)) {
      const owner = ownerIn(event)
      if (owner === undefined) continue
      counts[owner] = (counts[owner] ?? 0) + 1
      for (const record of event)
        expect([record.type, record.namespace, record.via]).toEqual([record.type, ...attributionOf(owner)])
      const uid = event.find(({ type }) => type === 'SYSCALL')?.fields?.uid as {
        host: number
        inside?: number
      }
      if (owner !== 'host') expect(uid).toEqual(idsOf(owner, uid.host))
      else expect(uid).toEqual({ host: process.getuid?.() })
    }
    expect(counts).toEqual({ web: 4, db: 4, mail: 4, host: 2 })

    const { compared, different } = differences(auditd.path, lines)
    expect(different).toEqual([])
    expect(compared).toBeGreaterThan(100)
  })
})

function eventsOf(tagged: readonly Tagged[]): Tagged[][] {
  const events = new Map<string, Tagged[]>()
  for (const record of tagged) {
    const key = `${record.time}:${record.serial}`
    events.set(key, [...(events.get(key) ?? []), record])
  }
  return [...events.values()]
}

/** By the argument that each was started with. Others on the host start programs too. */
function ownerIn(event: readonly Tagged[]): Name | 'host' | undefined {
  const { fields } = event.find(({ type }) => type === 'EXECVE') ?? {}
  return /^nskit-(web|db|mail|host)$/.exec(String(fields?.a1))?.[1] as Name | 'host' | undefined
}

function attributionOf(owner: Name | 'host'): [string | undefined, string] {
  if (owner === 'host') return [undefined, 'none']
  return [owner, owner === 'mail' ? 'range' : 'session']
}

function idsOf(owner: Name, host: number): { host: number; inside: number } {
  return { host, inside: host === CONTAINERS[owner] ? 0 : 1000 }
}
