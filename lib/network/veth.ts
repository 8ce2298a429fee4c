import { Namespace } from '../namespaces/namespace.js'
import type { PlanStep } from '../plan/steps.js'
import type { Failure } from '../spawn/failure.js'
import { userNamespaceOver, withMissingRight } from './rights.js'
import { type Address, deleteLink, linkUp, newAddress, newVethPair } from './rtnetlink.js'
import { errorOfSteps, runSteps } from './run-plan.js'
import { type CheckedEnd, checkEnds, type VethEnd } from './veth-end.js'

/** What createVethPair() of api.ts does. */
export async function createVethPair(a: VethEnd, b: VethEnd): Promise<void> {
  const [first, second] = fromOwnNamespace(checkEnds(a, b))
  using user = userNamespaceOver(namespacesOf(first, second))
  // An own handle: the caller may close its while this runs, and the clean-up needs it.
  using held = first.namespace && Namespace.fromFd(first.namespace.fd)
  const from = { ...first, namespace: held }
  const steps = [...enter(user, from), createPair(from, second), ...addressSteps(from), ...finish(second)]
  const failure = await runSteps(steps)
  if (failure === undefined) return
  const error = withMissingRight(errorOfSteps(failure, steps))
  if (hasMadePair(failure, steps)) await deletePair(user, from)
  throw error
}

/** There is no way back into the caller's namespace without privilege over it: what is to be done there comes first. */
function fromOwnNamespace([a, b]: [CheckedEnd, CheckedEnd]): [CheckedEnd, CheckedEnd] {
  return b.namespace === undefined ? [b, a] : [a, b]
}

function namespacesOf(first: CheckedEnd, second: CheckedEnd): Namespace[] {
  // With an end outside, a joined user namespace would give away the power over it.
  if (first.namespace === undefined || second.namespace === undefined) return []
  return [first.namespace, second.namespace]
}

function enter(user: Namespace | undefined, { namespace }: CheckedEnd): PlanStep[] {
  return [...(user === undefined ? [] : [join(user)]), ...(namespace === undefined ? [] : [join(namespace)])]
}

function join({ fd, type, ino }: Namespace): PlanStep {
  return { op: 'JoinFd', fd, type, target: `${type}:[${ino}]` }
}

function createPair(link: CheckedEnd, peer: CheckedEnd): PlanStep {
  const names = `${link.name} and ${peer.name}`
  return {
    op: 'Netlink',
    step: 'create-veth',
    message: newVethPair(link, peer, peer.namespace?.fd),
    link: undefined,
    mayExist: false,
    target: names,
    detail: names,
  }
}

function finish(end: CheckedEnd): PlanStep[] {
  const { name, namespace } = end
  const up: PlanStep = {
    op: 'Netlink',
    step: 'set-link',
    message: linkUp(),
    link: name,
    mayExist: false,
    target: name,
    detail: `${name} up`,
  }
  return [...(namespace === undefined ? [] : [join(namespace)]), up, ...addressSteps(end)]
}

function addressSteps({ name, addresses, addressTexts }: CheckedEnd): PlanStep[] {
  return addresses.map((address, index) => addAddress(name, address, addressTexts[index] as string))
}

function addAddress(link: string, address: Address, text: string): PlanStep {
  const target = `${text} on ${link}`
  const message = newAddress(address)
  return { op: 'Netlink', step: 'add-address', message, link, mayExist: false, target, detail: target }
}

/** A step behind the pair's making has failed. Else a link of that name is another's. */
function hasMadePair({ step }: Failure, steps: readonly PlanStep[]): boolean {
  return step > steps.findIndex((each) => each.op === 'Netlink' && each.step === 'create-veth')
}

/** The kernel takes one end along with the other. A refusal here changes nothing of the error that led here. */
async function deletePair(user: Namespace | undefined, end: CheckedEnd): Promise<void> {
  const { name } = end
  const message = deleteLink()
  const detail = `${name} deleted`
  await runSteps([
    ...enter(user, end),
    { op: 'Netlink', step: 'set-link', message, link: name, mayExist: false, target: name, detail },
  ])
}
