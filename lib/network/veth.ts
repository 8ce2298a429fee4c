import { randomInt } from 'node:crypto'
import { Namespace } from '../namespaces/namespace.js'
import type { PlanStep } from '../plan/steps.js'
import type { Failure } from '../spawn/failure.js'
import { userNamespaceOver, withMissingRight } from './rights.js'
import {
  type Address,
  deleteGroup,
  deleteLink,
  linkUp,
  newAddress,
  newVethPair,
  ungroup,
} from './rtnetlink.js'
import { errorOfSteps, runSteps } from './run-plan.js'
import { type CheckedEnd, checkEnds, type VethEnd } from './veth-end.js'

/** What createVethPair() of api.ts does. */
export async function createVethPair(a: VethEnd, b: VethEnd): Promise<void> {
  const [first, second] = fromOwnNamespace(checkEnds(a, b))
  using user = userNamespaceOver(namespacesOf(first, second))
  // An own handle: the caller may close its while this runs, and the clean-up needs it.
  using held = first.namespace && Namespace.fromFd(first.namespace.fd)
  const from = { ...first, namespace: held }
  const group = randomInt(1, 2 ** 31)
  const steps = [
    ...enter(user, from),
    createPair(from, second, group),
    setLink(ungroup(), from.name, `${from.name} in no group`),
    ...addressSteps(from),
    ...finish(second),
  ]
  const failure = await runSteps(steps)
  if (failure === undefined) return
  const error = withMissingRight(errorOfSteps(failure, steps))
  const deleting = deletion(from, failure, steps, group)
  // A refusal here changes nothing of the error that led here.
  if (deleting !== undefined) await runSteps([...enter(user, from), deleting])
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

function createPair(link: CheckedEnd, peer: CheckedEnd, group: number): PlanStep {
  const names = `${link.name} and ${peer.name}`
  return {
    op: 'Netlink',
    step: 'create-veth',
    message: newVethPair(link, peer, peer.namespace?.fd, group),
    link: undefined,
    mayExist: false,
    target: names,
    detail: names,
  }
}

function finish(end: CheckedEnd): PlanStep[] {
  const { name, namespace } = end
  const up = setLink(linkUp(), name, `${name} up`)
  return [...(namespace === undefined ? [] : [join(namespace)]), up, ...addressSteps(end)]
}

function setLink(message: Uint8Array, link: string, detail: string): PlanStep {
  return { op: 'Netlink', step: 'set-link', message, link, mayExist: false, target: link, detail }
}

function addressSteps({ name, addresses, addressTexts }: CheckedEnd): PlanStep[] {
  return addresses.map((address, index) => addAddress(name, address, addressTexts[index] as string))
}

function addAddress(link: string, address: Address, text: string): PlanStep {
  const target = `${text} on ${link}`
  const message = newAddress(address)
  return { op: 'Netlink', step: 'add-address', message, link, mayExist: false, target, detail: target }
}

/**
 * What takes the pair back; the kernel takes one end along with the other. Behind the pair's making a link of that name is
 * its end. Where that very step failed nobody knows: the answer may have been lost, or the process killed before it
 * came, and then a link of that name may be another's. The group tells, which is no other's.
 */
function deletion(
  { name }: CheckedEnd,
  { step }: Failure,
  steps: readonly PlanStep[],
  group: number,
): PlanStep | undefined {
  const making = steps.findIndex((each) => each.op === 'Netlink' && each.step === 'create-veth')
  if (step < making) return undefined
  if (step > making) return setLink(deleteLink(), name, `${name} deleted`)
  const message = deleteGroup(group)
  const detail = `group ${group} deleted`
  return { op: 'Netlink', step: 'set-link', message, link: undefined, mayExist: false, target: name, detail }
}
