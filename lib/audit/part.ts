/** What api.ts loads at the first call. */

export { parseAuditRecord } from './parse.js'
export { createAuditTagger } from './tagger.js'
