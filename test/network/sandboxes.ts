import { createNamespaces, type Namespace } from '../../lib/index'

/** Network namespaces to connect, and what a command joins to be in one of them with the power over it. */
export interface Sandboxes extends AsyncDisposable {
  readonly nets: readonly Namespace[]
  readonly joins: ReadonlyArray<readonly Namespace[]>
}

/** `count` network namespaces that one new user namespace owns: no privilege is needed for any of it. */
export async function sandboxes(count: number): Promise<Sandboxes> {
  const first = await createNamespaces(['user', 'net'])
  const user = first.namespaces.get('user')!
  const sets = [first]
  while (sets.length < count) sets.push(await createNamespaces(['net'], { join: [user] }))
  const nets = sets.map(({ namespaces }) => namespaces.get('net')!)
  return { nets, joins: nets.map((net) => [user, net]), [Symbol.asyncDispose]: () => closeAll(sets) }
}

/** `count` network namespaces that the caller's own user namespace owns: for root. */
export async function bareSandboxes(count: number): Promise<Sandboxes> {
  const sets = await Promise.all(Array.from({ length: count }, () => createNamespaces(['net'])))
  const nets = sets.map(({ namespaces }) => namespaces.get('net')!)
  return { nets, joins: nets.map((net) => [net]), [Symbol.asyncDispose]: () => closeAll(sets) }
}

async function closeAll(sets: ReadonlyArray<Awaited<ReturnType<typeof createNamespaces>>>): Promise<void> {
  for (const set of sets) set.close()
}
