/** Logs that say who wrote them. */

export { createLogTagger, tagLogs } from './api.js'
export type { LogLabels } from './labels.js'
export type { LogTaggerOptions } from './line-tagger.js'
export type { LogSource } from './tag-logs.js'
