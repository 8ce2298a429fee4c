/** What api.ts loads at the first call. */

export { applyFirewall } from './firewall.js'
export { createVethPair } from './veth.js'
