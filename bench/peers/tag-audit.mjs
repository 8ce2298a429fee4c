// tag-audit.mjs [FILE]: an audit log, or standard input, through the tagger to standard output.
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { ContainerRegistry, createAuditTagger, IdMap } from 'nskit'

const registry = new ContainerRegistry()
const shared = IdMap.fromSpec('0:720000:1000,1000:725000:1')
const alone = IdMap.fromSpec('0:740000:1000,1000:745000:1')
registry.add({ name: 'web', uidMap: shared, gidMap: shared, auditSession: 5 })
registry.add({ name: 'db', uidMap: shared, gidMap: shared, auditSession: 6 })
registry.add({ name: 'worker', uidMap: alone, gidMap: alone })

const [, , file] = process.argv
const input = file === undefined ? process.stdin : createReadStream(file)
await pipeline(input, createAuditTagger(registry), process.stdout)
