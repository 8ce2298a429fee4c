/** The public functions. What they do is a part of its own, loaded when first used. */

import type { Transform } from 'node:stream'
import type { ContainerRegistry } from '../identity/index.js'
import type { AuditRecord } from './parse.js'
import type { AuditTaggerOptions } from './tagger.js'

const part = (): typeof import('./part.js') => require('./part.js')

/**
 * One line of an audit log, raw or enriched (audit.log, ausearch --raw, an auditd plugin's input).
 *
 * Quotes are stripped, and strings that the kernel had to encode as hex are decoded as UTF-8; `(null)` and `?` stay.
 * Of fields with one name the first counts, and one outside msg='…' before one inside. Text without a name is under
 * `msg`; an SELinux decision is under `seresult` and `seperms`, as in auparse.
 * @param line with or without its line feed.
 * @throws ParseError for what is no audit record, TypeError for what is no string.
 */
export function parseAuditRecord(line: string): AuditRecord {
  return part().parseAuditRecord(line)
}

/**
 * Audit lines in, as audit.log has them or auditd sends them to a plugin; for each one line of JSON out, in the same
 * order: an AuditRecord with `namespace`, or `candidates` where several containers share the ids, and `via`. Among its
 * `fields` an id is `{ host, inside }`; `inside` is missing where its container does not map it. The owner of something
 * else than the acting container has `owner` besides. A line that is no record is `{ error, raw }`.
 *
 * Records are held for the record of their event that tells whose it is: for two seconds at most, as auditd does.
 *
 * @param registry is asked for each record, with what it knows by then.
 * @throws TypeError for a wrong option.
 */
export function createAuditTagger(registry: ContainerRegistry, options?: AuditTaggerOptions): Transform {
  return part().createAuditTagger(registry, options)
}
