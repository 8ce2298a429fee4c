import type { Namespace } from '../namespaces/namespace.js'
import { checkPolicy, type FirewallPolicy } from './firewall-policy.js'
import { runNft } from './nft.js'
import { userNamespaceOver } from './rights.js'
import { ruleset } from './ruleset.js'
import { checkNetNamespace } from './veth-end.js'

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
  const net = checkNetNamespace('namespace', namespace)
  const rules = ruleset(checkPolicy(policy))
  using user = userNamespaceOver([net])
  await runNft(rules, user === undefined ? [net] : [user, net], `net:[${net.ino}]`)
}
