import { execFileSync } from 'node:child_process'
import { listNamespaces, type NamespaceInfo } from '../../lib/index'

/** What a listing says of a namespace, in the words that both have. */
interface Facts {
  type: string
  processes: number
  pid: number | undefined
  owner: number | undefined
  parent: number | undefined
}
export type Listing = ReadonlyMap<number, Facts>

/** util-linux's lsns; its own process is in the caller's namespaces. */
export function lsns(): Listing {
  const text = execFileSync('lsns', ['--json', '--output', 'NS,TYPE,NPROCS,PID,PNS,ONS'], {
    encoding: 'utf8',
  })
  const { namespaces } = JSON.parse(text) as {
    namespaces: Array<{ ns: number; type: string; nprocs: number; pid: number; pns: number; ons: number }>
  }
  return new Map(
    namespaces.map(({ ns, type, nprocs, pid, pns, ons }) => [
      ns,
      { type, processes: nprocs, pid: pid || undefined, owner: ons || undefined, parent: pns || undefined },
    ]),
  )
}

export function ours(): Listing {
  return new Map(listNamespaces().map((row) => [Number(row.ino), factsOf(row)]))
}

function factsOf({ type, processes, pid, owner, parent }: NamespaceInfo): Facts {
  return { type, processes, pid, owner: number(owner), parent: number(parent) }
}

function number(ino: bigint | undefined): number | undefined {
  return ino === undefined ? undefined : Number(ino)
}

/** What is the same in both: what came, went or changed in between is not to be compared. */
export function steady(before: Listing, after: Listing): Listing {
  return new Map(
    [...before].filter(([ino, facts]) => JSON.stringify(facts) === JSON.stringify(after.get(ino))),
  )
}
