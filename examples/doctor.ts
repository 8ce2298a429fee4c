/**
 * An application's doctor check: can its sandboxed turns have the namespaces that they need?
 *
 *   for (const { title, text } of await checkSandbox(config)) console.log(`! ${title}\n\n${text}`)
 */
import { formatDenial, type NamespaceType, probe } from 'nskit'

/** As such applications are configured. */
export interface SandboxConfig {
  /** Which turns run in the sandbox. */
  mode?: 'off' | 'non-main' | 'all'
  /** The sandbox's egress: unset, empty and 'none' mean none; else the name of a network. */
  network?: string
}

export interface Note {
  title: string
  text: string
}

/** Only a sandbox without egress has a network namespace of its own; a bridge is made by somebody else. */
function isOffline({ network }: SandboxConfig): boolean {
  return network === undefined || network === '' || network === 'none'
}

/** What is wrong, for the user; nothing where nothing is, and on a platform that has other sandboxes. */
export async function checkSandbox(config: SandboxConfig, platform = process.platform): Promise<Note[]> {
  if (platform !== 'linux' || config.mode === 'off') return []
  const user = await probe({ namespaces: ['user'] })
  if (!user.ok) return [{ title: 'Sandboxed turns cannot have a user namespace', text: formatDenial(user) }]
  if (!isOffline(config)) return []
  const namespaces: NamespaceType[] = ['user', 'net']
  const network = await probe({ namespaces })
  if (network.ok) return []
  return [{ title: 'Sandboxed turns cannot be cut off from the network', text: formatDenial(network) }]
}
