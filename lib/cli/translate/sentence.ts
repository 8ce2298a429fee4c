/** A translation in words. Pure. */

import { printable } from '../text.js'
import type { Request } from './request.js'
import type { Translated } from './translate.js'

/** "host 101000 is 1000 in the user namespace of pid 4242" */
export function sentence(translated: Translated, request: Request): string {
  const { kind, host, inside } = translated
  const place = placeOf(request)
  const subject = subjectOf(kind, request)
  if (request.from === 'host' && host !== undefined) {
    const found = inside === undefined ? 'not mapped' : String(inside)
    return `${subject}host ${host} is ${found} in ${place}`
  }
  return `${subject}${inside} in ${place} is ${host === undefined ? 'not mapped' : `host ${host}`}`
}

/** What an id alone need not say: whose id it is, and of which kind. */
function subjectOf(kind: string, { path, id }: Request): string {
  if (path !== undefined) return `${printable(path)}: ${kind} `
  return kind === 'uid' || id === undefined ? '' : `${kind} `
}

function placeOf({ pid, map }: Request): string {
  if (pid !== undefined) return `the user namespace of pid ${pid}`
  const specs = [...map!].map(({ containerID, hostID, size }) => `${containerID}:${hostID}:${size}`)
  return `the map ${specs.join(',')}`
}
