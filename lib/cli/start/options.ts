/** The options of `nskit run`, which every command that starts another one takes. */

import type { Namespace } from '../../namespaces/namespace.js'
import type { OciCall } from '../../oci/from-spec.js'
import type { SpawnOptions } from '../../spawn/options.js'
import type { Given } from '../arguments.js'
import { UsageError } from '../command.js'
import type { OptionGroups, OptionTable } from '../option.js'
import { BUNDLE_OPTIONS, bundleOf } from './bundle.js'
import { ENVIRONMENT_OPTIONS, environmentOf, PROCESS_OPTIONS, PROCESS_READERS } from './environment.js'
import { FILE_READERS, PATH_OPTIONS, VIEW_OPTIONS } from './files.js'
import { joinTargets } from './join.js'
import { type GivenMount, isMountOption, MOUNT_OPTIONS, mountOf } from './mounts.js'
import { NAMESPACE_OPTIONS, NAMESPACE_READERS } from './namespaces.js'
import { PRIVILEGE_OPTIONS, PRIVILEGE_READERS } from './privileges.js'
import type { Draft, Reader } from './reader.js'
import { workingDirectory } from './working-directory.js'

/** For --help. */
export const START_GROUPS = {
  'Namespaces and ids': NAMESPACE_OPTIONS,
  'Files, with --unshare mnt': VIEW_OPTIONS,
  'Mounts, in the order in which they stand': MOUNT_OPTIONS,
  'After the mounts': PATH_OPTIONS,
  'Privileges and limits': PRIVILEGE_OPTIONS,
  Environment: ENVIRONMENT_OPTIONS,
  Process: PROCESS_OPTIONS,
  'OCI bundle': BUNDLE_OPTIONS,
} as const satisfies OptionGroups

export const START_OPTIONS = {
  ...NAMESPACE_OPTIONS,
  ...VIEW_OPTIONS,
  ...MOUNT_OPTIONS,
  ...PATH_OPTIONS,
  ...PRIVILEGE_OPTIONS,
  ...ENVIRONMENT_OPTIONS,
  ...PROCESS_OPTIONS,
  ...BUNDLE_OPTIONS,
} as const satisfies OptionTable

const READERS: Readonly<Record<string, Reader>> = {
  ...NAMESPACE_READERS,
  ...FILE_READERS,
  ...PRIVILEGE_READERS,
  ...PROCESS_READERS,
}

/** What the options ask for. It holds open the namespaces that they name by a path. */
export interface Start extends Disposable {
  /** Of the command line, else of a bundle. */
  readonly command: readonly [command: string, ...args: string[]]
  readonly options: SpawnOptions
  /** `options.mounts`, each with what it is called in messages. */
  readonly mounts: readonly GivenMount[]
}

/** `given`: in their order; options of nskit's command are passed over. */
export function startOf(given: readonly Given[], words: readonly string[]): Start {
  const handles: Namespace[] = []
  const close = () => {
    for (const handle of handles) handle.close()
  }
  try {
    const bundle = bundleOf(given)
    for (const target of bundle?.options.join ?? []) if ('close' in target) handles.push(target)
    const [command, ...args] =
      words.length === 0 && bundle !== undefined ? [bundle.command, ...bundle.args] : words
    if (command === undefined) throw new UsageError('a command is missing')
    const mounts = [...ofBundle(bundle), ...mountsOf(given)]
    const options = optionsOf(given, mounts, bundle?.options ?? {}, (handle) => handles.push(handle))
    return {
      command: [command, ...args],
      options,
      mounts,
      [Symbol.dispose]: close,
    }
  } catch (error) {
    close()
    throw error
  }
}

function ofBundle(bundle: OciCall | undefined): GivenMount[] {
  const mounts = bundle?.options.mounts ?? []
  return mounts.map((mount) => ({ mount, called: `--bundle: ${mount.type} on ${mount.destination}` }))
}

function mountsOf(given: readonly Given[]): GivenMount[] {
  return given.flatMap(({ name, value = '' }) => {
    const mount = isMountOption(name) ? mountOf(name, value) : undefined
    return mount === undefined ? [] : [{ mount, called: `--${name} ${value}` }]
  })
}

function optionsOf(
  given: readonly Given[],
  mounts: readonly GivenMount[],
  bundle: SpawnOptions,
  keep: (handle: Namespace) => void,
): SpawnOptions {
  const draft: Draft = { ...bundle }
  for (const [name, values] of byName(given)) READERS[name]?.(draft, values, `--${name}`)
  const targets = given.flatMap(({ name, value = '' }) =>
    name === 'join' ? joinTargets('--join', value, keep) : [],
  )
  if (targets.length > 0) draft.join = [...(bundle.join ?? []), ...targets]
  if (mounts.length > 0) draft.mounts = mounts.map(({ mount }) => mount)
  const env = environmentOf(given, bundle.env ?? process.env)
  if (env !== undefined) draft.env = env
  if (draft.root !== undefined && draft.root !== 'host') {
    draft.cwd ??= workingDirectory(draft.root, draft.mounts ?? [])
  }
  return draft
}

function byName(given: readonly Given[]): Map<string, [string, ...string[]]> {
  const values = new Map<string, [string, ...string[]]>()
  for (const { name, value = '' } of given) {
    const others = values.get(name)
    if (others === undefined) values.set(name, [value])
    else others.push(value)
  }
  return values
}
