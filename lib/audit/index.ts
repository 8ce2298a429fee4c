/** Audit records, and whose they are. */

export { createAuditTagger, parseAuditRecord } from './api.js'
export type { AuditRecord } from './parse.js'
export type { AuditTaggerOptions } from './tagger.js'
