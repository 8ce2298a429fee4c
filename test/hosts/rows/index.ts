import type { Place } from '../place'
import type { Row } from '../row'
import { APPARMOR_ROWS } from './apparmor'
import { IDS_ROWS } from './ids'
import { LIMIT_ROWS } from './limits'
import { PLAIN_ROWS } from './plain'
import { seccompRows } from './seccomp'
import { SURROUNDINGS_ROWS } from './surroundings'
import { SYSCTL_ROWS } from './sysctl'

/** A family a file. */
export function allRows(place: Place): Row[] {
  const rows = [
    ...PLAIN_ROWS,
    ...SYSCTL_ROWS,
    ...LIMIT_ROWS,
    ...IDS_ROWS,
    ...SURROUNDINGS_ROWS,
    ...seccompRows(place.filter),
    ...APPARMOR_ROWS,
  ]
  const names = new Set(rows.map(({ name }) => name))
  if (names.size < rows.length) throw new Error('two rows have one name')
  return rows
}
