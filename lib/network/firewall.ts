import type { Namespace } from '../namespaces/namespace.js'
import { checkPolicy, type FirewallPolicy } from './firewall-policy.js'
import { runNft } from './nft.js'
import { userNamespaceOver } from './rights.js'
import { ruleset } from './ruleset.js'
import { checkNetNamespace } from './veth-end.js'

/** What applyFirewall() of api.ts does. */
export async function applyFirewall(namespace: Namespace, policy: FirewallPolicy): Promise<void> {
  const net = checkNetNamespace('namespace', namespace)
  const rules = ruleset(checkPolicy(policy))
  using user = userNamespaceOver([net])
  await runNft(rules, user === undefined ? [net] : [user, net], `net:[${net.ino}]`)
}
