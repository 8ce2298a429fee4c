/** What api.ts loads at the first call. */

export { tagLogs } from './tag-logs.js'
export { createLogTagger } from './tagger.js'
