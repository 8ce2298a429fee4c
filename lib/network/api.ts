/** The public functions. What they do is a part of its own, loaded when first used. */

import type { Namespace } from '../namespaces/namespace.js'
import type { FirewallPolicy } from './firewall-policy.js'
import type { VethEnd } from './veth-end.js'

const part = (): typeof import('./part.js') => require('./part.js')

/**
 * A veth pair, both ends up and addressed: veth(4), rtnetlink(7). It lives until one of its ends is deleted or one of
 * its namespaces ends.
 *
 * An end in the caller's own network namespace needs CAP_NET_ADMIN there, and joining the other's CAP_SYS_ADMIN. Between
 * two namespaces that one user namespace of the caller's own owns, no privilege is needed.
 *
 * Rejects with a TypeError or RangeError for a wrong end, before anything runs, and with a SetupError for what the
 * kernel refuses; no link is left then.
 */
export async function createVethPair(a: VethEnd, b: VethEnd): Promise<void> {
  return part().createVethPair(a, b)
}

/**
 * Replaces nskit's table in that network namespace, in one transaction: nft(8), which must be installed. Other tables
 * stay as they are, and what they drop stays dropped.
 *
 * Replies pass, as does loopback and IPv6's neighbour discovery. A connection that an earlier policy has let begin goes
 * on under a later one.
 *
 * Needs CAP_SYS_ADMIN and CAP_NET_ADMIN over the namespace, or to have made the user namespace that owns it.
 * Rejects with a TypeError or RangeError for a wrong policy, before anything runs, and with a SetupError for what the
 * kernel or nft refuses, nft's words in it; the rules are then as before.
 */
export async function applyFirewall(namespace: Namespace, policy: FirewallPolicy): Promise<void> {
  return part().applyFirewall(namespace, policy)
}
