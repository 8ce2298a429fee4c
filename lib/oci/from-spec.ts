/** An OCI configuration becomes a call of spawn; what that cannot keep is refused by its path. */

import type { Namespace } from '../namespaces/namespace.js'
import { checkArray, checkObject, checkText } from '../plan/check.js'
import { parseCall, validate } from '../plan/validate.js'
import type { SpawnOptions } from '../spawn/options.js'
import { ANNOTATIONS } from './annotations.js'
import { cgroupOf, pathsOf, refuseOtherLinux, seccompFrom } from './from-linux.js'
import { viewOf } from './from-mounts.js'
import { namespacesFrom, openJoins } from './from-namespaces.js'
import { processFrom } from './from-process.js'
import { Place } from './place.js'
import { Refusals } from './refusals.js'

/** Of fromOciSpec(). */
export interface FromOciOptions {
  /** The directory where relative paths of the configuration begin. Default: the working directory. */
  readonly bundle?: string | undefined
  /** Places that are read as if they were not there: 'linux.resources', 'mounts[6]'. Default: none. */
  readonly ignore?: readonly string[] | undefined
}

/** The arguments of `spawn`. */
export interface OciCall {
  /** The first of `process.args`. */
  command: string
  /** The others. */
  args: string[]
  /** All of the isolation; handles in `join` are the caller's to close. */
  options: SpawnOptions
}

const TOP = ['ociVersion', 'process', 'root', 'hostname', 'domainname', 'mounts', 'linux', 'annotations']

export function fromOciSpec(spec: unknown, given: FromOciOptions = {}): OciCall {
  const { bundle, ignore } = checkOptions(given)
  const refusals = new Refusals(
    'nskit cannot keep all of this configuration (`ignore` leaves out what it lists):',
  )
  const top = new Place(spec, refusals, new Set(ignore))
  top.allow(TOP, (key) => (key === 'hooks' ? 'nskit runs no hooks' : 'is not known to nskit'))
  requireVersion(top.at('ociVersion'))
  const linux = top.at('linux')
  refuseOtherLinux(linux)
  const namespaces = namespacesFrom(linux)
  const { command, args, options } = processFrom(top.at('process'))
  const annotations = top.at('annotations')
  annotations.allow(annotations.keys(), () => '')
  for (const key of annotations.keys()) annotations.at(key).text()
  const name = annotations.at(ANNOTATIONS.name).text()
  const call = {
    command,
    args,
    options: {
      ...options,
      ...namespaces.options,
      ...hostNames(top),
      ...viewOf({ top, bundle, ...namespaces }),
      ...pathsOf(linux),
      ...cgroupOf(linux.at('cgroupsPath')),
      ...seccompFrom(linux.at('seccomp')),
      // The command is the first process of a container; its keys are its own in all runtimes.
      ...(namespaces.options.unshare.includes('pid') ? { init: false } : {}),
      sessionKeyring: 'new',
      ...(name === undefined ? {} : { name }),
    } satisfies SpawnOptions,
  }
  refusals.throwIfAny()
  return withJoins(call, openJoins(namespaces.joins), refusals)
}

function checkOptions(given: FromOciOptions): { bundle: string; ignore: readonly string[] } {
  const { bundle = process.cwd(), ignore = [], ...others } = checkObject('options', given)
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new TypeError(`unknown option '${unknown}'; there are bundle, ignore`)
  return {
    bundle: checkText('bundle', bundle),
    ignore: checkArray('ignore', ignore).map((path, index) => checkText(`ignore[${index}]`, path)),
  }
}

function requireVersion(version: Place): void {
  const text = version.required((place) => place.text())
  if (text !== undefined && !text.startsWith('1.')) version.refuse(`'${text}' is not known: nskit reads 1.x`)
}

function hostNames(top: Place): Pick<SpawnOptions, 'hostname' | 'domainname'> {
  const [hostname, domainname] = [top.at('hostname').text(), top.at('domainname').text()]
  return {
    // Go's encoder leaves out empty ones, and runtimes take them for absent.
    ...(hostname ? { hostname } : {}),
    ...(domainname ? { domainname } : {}),
  }
}

/** The last check is spawn's own, which opens nothing. */
function withJoins(call: OciCall, join: NonNullable<SpawnOptions['join']>, refusals: Refusals): OciCall {
  const whole = join.length === 0 ? call : { ...call, options: { ...call.options, join } }
  try {
    validate(parseCall(whole.command, whole.args, whole.options))
    return whole
  } catch (error) {
    for (const each of join) if ('close' in each) (each as Namespace).close()
    refusals.add('config.json', (error as Error).message)
    refusals.throwIfAny()
    throw error
  }
}
