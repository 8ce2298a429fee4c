import { execFile, type ProcessStatus, parseStatus, type SpawnOptions } from '../../lib/index'
import { place } from '../support/inside'

/** What the kernel says of a command that is started so. */
export async function stateInside(options: SpawnOptions): Promise<ProcessStatus> {
  const { stdout } = await execFile('cat', ['/proc/self/status'], options)
  return parseStatus(stdout)
}

/** The five sets, as lists; `limits` on what a test may ask for. */
export function setsOf({
  capabilities,
}: ProcessStatus): Record<keyof ProcessStatus['capabilities'], string[]> {
  const { inheritable, permitted, effective, bounding, ambient } = capabilities
  return {
    inheritable: [...inheritable],
    permitted: [...permitted],
    effective: [...effective],
    bounding: [...bounding],
    ambient: [...ambient],
  }
}

/** All five alike. */
export function all(names: readonly string[]): ReturnType<typeof setsOf> {
  const list = () => [...names]
  return { inheritable: list(), permitted: list(), effective: list(), bounding: list(), ambient: list() }
}

/** A user namespace in which several ids are mapped, where the caller may have that. */
export function wideMaps(): SpawnOptions {
  const { uidLimit } = place()
  const map = [{ containerID: 0, hostID: 0, size: Math.min(uidLimit, 65_536) }]
  return { unshare: ['user'], uidMap: map, gidMap: map }
}
