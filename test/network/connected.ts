import { createVethPair, execFile, type Namespace } from '../../lib/index'
import type { Sandboxes, sandboxes } from './sandboxes'
import type { Attempt } from './traffic'

export const A = { ipv4: '10.231.8.1', ipv6: 'fd6e:7374:8::1' }
export const B = { ipv4: '10.231.8.2', ipv6: 'fd6e:7374:8::2' }
/** Long enough that what passes has passed; what passes has 20 s. */
export const SHORT = 700
export const NFT_PATH = { PATH: '/usr/sbin:/sbin:/usr/bin:/bin' }

export interface Connected {
  set: Sandboxes
  nets: [Namespace, Namespace]
  a: readonly Namespace[]
  b: readonly Namespace[]
}

export async function connected(make: typeof sandboxes): Promise<Connected> {
  const set = await make(2)
  const [one, other] = set.nets as [Namespace, Namespace]
  await createVethPair(
    { namespace: one, name: 'to-b', address: [`${A.ipv4}/30`, `${A.ipv6}/64`] },
    { namespace: other, name: 'to-a', address: [`${B.ipv4}/30`, `${B.ipv6}/64`] },
  )
  return { set, nets: [one, other], a: set.joins[0]!, b: set.joins[1]! }
}

export async function rulesIn(join: readonly Namespace[]): Promise<string> {
  return (await execFile('nft', ['list', 'ruleset'], { join, env: NFT_PATH })).stdout
}

/** One attempt that is to fail, beside those that show that the way is there. */
export function blocked(attempt: Attempt): Attempt {
  return { ...attempt, patience: SHORT }
}
