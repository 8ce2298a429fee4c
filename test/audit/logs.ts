import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ContainerRegistry } from '../../lib/identity/index.js'
import { IdMap } from '../../lib/ids/index.js'

/** See test/fixtures/audit/README.md. */
export const LOGS = {
  enriched: { file: 'enriched.log', sessions: { web: 5, db: 6 } },
  'raw-node': { file: 'raw-node.log', sessions: { web: 7, db: 8 } },
} as const

export type LogName = keyof typeof LOGS

export function pathOf(log: LogName): string {
  return join(__dirname, '../fixtures/audit', LOGS[log].file)
}

export function linesOf(log: LogName): string[] {
  return readFileSync(pathOf(log), 'utf8').trimEnd().split('\n')
}

/** The containers of the log. `sessions: false`: as if nobody had given them any. */
export function containersOf(log: LogName, { sessions = true } = {}): ContainerRegistry {
  const registry = new ContainerRegistry()
  const shared = IdMap.fromSpec('0:720000:1000,1000:725000:1')
  const alone = IdMap.fromSpec('0:740000:1000,1000:745000:1')
  for (const name of ['web', 'db'] as const) {
    const auditSession = LOGS[log].sessions[name]
    registry.add({ name, uidMap: shared, gidMap: shared, ...(sessions && { auditSession }) })
  }
  registry.add({ name: 'worker', uidMap: alone, gidMap: alone })
  return registry
}
