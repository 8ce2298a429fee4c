/** The addon's rows as NamespaceInfo. Pure. */

import type { NamespaceRows } from '../../native/binding.js'
import type { NamespaceType } from '../../tables/namespaces.js'
import type { NamespaceInfo } from './info.js'

/** Type (an index), inode, processes, pid, uid, owner, parent, number of paths. */
const ROW_NUMBERS = 8
/** UINT32_MAX: no uid. */
const NO_UID = 0xffff_ffffn

/** `types`: those that were asked for, in that order. */
export function decodeRows(
  { numbers, texts }: NamespaceRows,
  types: readonly NamespaceType[],
): NamespaceInfo[] {
  const values = new BigUint64Array(numbers)
  const rows: NamespaceInfo[] = []
  let text = 0
  for (let at = 0; at < values.length; at += ROW_NUMBERS) {
    const [type, ino, processes, pid, uid, owner, parent, paths] = values.subarray(
      at,
      at + ROW_NUMBERS,
    ) as unknown as Row
    const command = texts[text++]
    rows.push({
      type: types[Number(type)] as NamespaceType,
      ino,
      pid: pid === 0n ? undefined : Number(pid),
      command: command || undefined,
      uid: uid === NO_UID ? undefined : Number(uid),
      processes: Number(processes),
      owner: owner || undefined,
      parent: parent || undefined,
      paths: texts.slice(text, text + Number(paths)),
    })
    text += Number(paths)
  }
  return rows
}

type Row = [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]
