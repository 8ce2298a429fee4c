/** OCI runtimes at work, as whoever the tests run as. */

import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CapabilityName,
  formatOciSpec,
  type OciSpec,
  readStatus,
  type SpawnOptions,
  spawn,
} from '../../lib/index'
import { CAPABILITIES } from '../../lib/status/capabilities'
import { mode } from '../support/modes'
import { outcome } from '../support/outcome'

export type Runtime = 'crun' | 'runc'
export const RUNTIMES: readonly Runtime[] = ['crun', 'runc']

/** crun takes no hierarchies of both versions: where there are, it gets to see the one of version 2. */
const UNIFIED = '/sys/fs/cgroup/unified'

/** A directory with config.json and rootfs, for as long as `use` takes. Others may look into it: ids change. */
export async function withBundle<T>(spec: OciSpec, use: (bundle: string) => Promise<T>): Promise<T> {
  const bundle = mkdtempSync(join(tmpdir(), 'nskit-bundle-'))
  try {
    chmodSync(bundle, 0o755)
    mkdirSync(join(bundle, 'rootfs'))
    // The runtime makes mount points there, as root of the container.
    const [uid, gid] = [spec.linux.uidMappings, spec.linux.gidMappings].map(hostRoot)
    if (uid !== undefined && gid !== undefined) chownSync(join(bundle, 'rootfs'), uid, gid)
    writeFileSync(join(bundle, 'config.json'), formatOciSpec(spec))
    return await use(bundle)
  } finally {
    rmSync(bundle, { recursive: true, force: true })
  }
}

function hostRoot(mappings: OciSpec['linux']['uidMappings']): number | undefined {
  return mappings?.find(({ containerID }) => containerID === 0)?.hostID
}

/** What the container's command wrote. Whatever the runtime or the command says on stderr fails the test. */
export async function run(runtime: Runtime, spec: OciSpec): Promise<string> {
  return withBundle(spec, async (bundle) => {
    const args = [
      '--root',
      join(bundle, 'state'),
      'run',
      '--bundle',
      bundle,
      `nskit-${process.pid}-${count++}`,
    ]
    const managed = runtime === 'crun' ? ['--cgroup-manager=disabled', ...args] : args
    const env = { ...process.env, XDG_RUNTIME_DIR: bundle }
    const result = await outcome(spawn(runtime, managed, { ...around(runtime), env }))
    const said = result.stderr.split('\n').filter((line) => line !== '' && !HARMLESS.test(line))
    if (result.code !== 0 || said.length > 0)
      throw new Error(`${runtime} ended with ${result.code}: ${result.stderr}`)
    return result.stdout
  })
}
let count = 0

/** runc without cgroups; libseccomp without the newest system calls. */
const HARMLESS = /level=warning/

/** The place that the runtime needs to be in. */
function around(runtime: Runtime): SpawnOptions {
  const seesUnified: SpawnOptions =
    runtime === 'crun' && existsSync(UNIFIED)
      ? { mounts: [{ type: 'bind', source: UNIFIED, destination: '/sys/fs/cgroup' }] }
      : {}
  // In a user namespace runc enters its own mount namespace once more, which takes power over that.
  if (mode !== 'user') return { unshare: ['mnt'], ...seesUnified }
  if (runtime === 'runc') return {}
  return {
    unshare: ['user', 'mnt'],
    uidMap: 'self',
    gidMap: 'self',
    capabilities: known(),
    noNewPrivileges: false,
    ...seesUnified,
  }
}

function known(): CapabilityName[] {
  return CAPABILITIES.filter((name) => readStatus('self').capabilities.bounding.has(name))
}
