// Who can reach whom: a network of its own for each component, a cable where two may talk, a firewall around each.
import { applyFirewall, createNamespaces, createVethPair } from 'nskit'
import { COMPONENTS, WIRES } from './components.mjs'

/** By component. They last as long as something is in them or their handles are open. */
export async function wire() {
  const networks = new Map()
  try {
    for (const name of Object.keys(COMPONENTS)) {
      const { namespaces } = await createNamespaces(['net'])
      networks.set(name, namespaces.get('net'))
    }
    for (const { from, to, link, address } of WIRES) {
      await createVethPair(
        { namespace: networks.get(from), name: link, address: `${address.caller}/30` },
        { namespace: networks.get(to), name: 'eth0', address: `${address.host}/30` },
      )
    }
    for (const [name, { firewall }] of Object.entries(COMPONENTS)) {
      await applyFirewall(networks.get(name), firewall)
    }
    return networks
  } catch (error) {
    unwire(networks)
    throw error
  }
}

export function unwire(networks) {
  for (const network of networks.values()) network.close()
}
