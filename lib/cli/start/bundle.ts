/** An OCI bundle, which other options then add to. */

import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fromOciSpec } from '../../oci/api.js'
import type { OciCall } from '../../oci/from-spec.js'
import type { OciRefusalError } from '../../oci/refusals.js'
import type { Given } from '../arguments.js'
import { UsageError } from '../command.js'
import type { OptionTable } from '../option.js'
import { fromHost, readHost } from './host.js'

export const BUNDLE_OPTIONS = {
  bundle: {
    type: 'string',
    value: 'PATH',
    complete: 'file',
    help: `a bundle's directory, or its config.json: what the command is and has, unless other options say so. Mounts,
      variables and namespaces to join are added to its own`,
  },
  ignore: {
    type: 'string',
    multiple: true,
    value: 'PLACE',
    help: 'a part of config.json that is passed over, as linux.resources; without it what nskit cannot keep is an error',
  },
} as const satisfies OptionTable

export function bundleOf(given: readonly Given[]): OciCall | undefined {
  const paths = given.flatMap(({ name, value = '' }) => (name === 'bundle' ? [value] : []))
  const ignore = given.flatMap(({ name, value = '' }) => (name === 'ignore' ? [value] : []))
  const path = paths.at(-1)
  if (path !== undefined) return read('--bundle', path, ignore)
  if (ignore.length > 0) throw new UsageError('--ignore requires --bundle')
  return undefined
}

function read(flag: string, path: string, ignore: readonly string[]): OciCall {
  const isDirectory = fromHost(flag, () => statSync(path).isDirectory())
  const file = isDirectory ? join(path, 'config.json') : path
  const text = readHost(flag, file).toString()
  try {
    return fromOciSpec(JSON.parse(text), {
      bundle: dirname(file),
      // It has this one's terminal, where there is one.
      ignore: ['process.terminal', ...ignore],
    })
  } catch (error) {
    if (isRefusal(error)) {
      const reasons = error.refused.map(({ path: place, reason }) => `${place}: ${reason}`)
      throw new UsageError(`${flag} ${path}: ${reasons.join('; ')} (--ignore PLACE passes over one)`)
    }
    if (!(error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError))
      throw error
    throw new UsageError(`${flag} ${path}: ${error.message}`)
  }
}

export function isRefusal(error: unknown): error is OciRefusalError {
  return (error as { code?: unknown } | null)?.code === 'ERR_NSKIT_OCI_REFUSED'
}
