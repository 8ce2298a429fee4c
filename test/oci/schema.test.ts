import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv, { type ValidateFunction } from 'ajv'
import fc from 'fast-check'
import { formatOciSpec, fromOciSpec, type OciSpec, sandboxSeccomp, toOciSpec } from '../../lib/index'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { OCI_SCHEMA } from '../support/need-table'
import { describeWith } from '../support/needs'
import { spawnOptions } from './options'

const FILES = [
  'defs.json',
  'defs-linux.json',
  'defs-vm.json',
  'defs-windows.json',
  'defs-zos.json',
  'config-linux.json',
  'config-solaris.json',
  'config-vm.json',
  'config-windows.json',
  'config-zos.json',
]

function validator(): ValidateFunction {
  // Its draft-04 differs from later drafts in keywords that it does not use.
  const ajv = new Ajv({ strict: false, allErrors: true })
  const read = (file: string): object => {
    const { $schema: _, ...schema } = JSON.parse(readFileSync(join(OCI_SCHEMA, file), 'utf8'))
    return schema
  }
  for (const file of FILES) ajv.addSchema(read(file), file)
  return ajv.compile(read('config-schema.json'))
}

/** Each reads / and compiles a filter, some times over. */
const RUNS = { numRuns: 50 }

/** As a runtime gets it. */
const written = (spec: OciSpec): unknown => JSON.parse(formatOciSpec(spec))
/** Without 'time', which the schema of 1.0.2 does not have yet. */
const OLD = NAMESPACE_TYPES.filter((type) => type !== 'time')

describeWith('oci-schema', 'by the JSON schema of the runtime specification', () => {
  const validate = validator()
  const complaints = (value: unknown) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)

  it('a configuration that is none is not valid', () => {
    const spec = toOciSpec('true')
    expect(complaints({ ...spec, ociVersion: undefined })).toEqual([
      " must have required property 'ociVersion'",
    ])
    expect(complaints({ ...spec, mounts: [{ type: 'proc' }] })).toEqual([
      "/mounts/0 must have required property 'destination'",
    ])
  })

  it('whatever options become is valid', () => {
    fc.assert(
      fc.property(spawnOptions(OLD), (options) => {
        expect(complaints(written(toOciSpec('/bin/true', ['an', 'argument'], options)))).toEqual([])
      }),
      RUNS,
    )
  })

  it('the profile for sandboxes is valid', () => {
    expect(complaints(written(toOciSpec('/bin/true', { seccomp: sandboxSeccomp() })))).toEqual([])
  })

  it('a time namespace is what a schema of 1.0.2 does not know, and nothing else', () => {
    const options = { unshare: ['user', 'time'], timeOffsets: { boottime: 1 } } as const
    const found = complaints(written(toOciSpec('/bin/true', options)))
    for (const each of found) expect(each).toMatch(/^\/linux\/namespaces\/\d/)
  })
})

const again = (spec: OciSpec): OciSpec => {
  const { command, args, options } = fromOciSpec(spec)
  return toOciSpec(command, args, options)
}

describe('there and back', () => {
  it('fromOciSpec takes what toOciSpec writes, and nothing changes', () => {
    fc.assert(
      fc.property(spawnOptions(), (options) => {
        const spec = toOciSpec('/bin/true', ['an', 'argument'], options)
        const back = again(spec)
        // From here on capabilities are listed, and the root is one of its own: the kernel's files are read-only then.
        const isGuarded = options.capabilities !== 'keep' && options.root !== 'host'
        if (isGuarded) expect(back).toEqual(spec)
        expect(again(back)).toEqual(back)
      }),
      RUNS,
    )
  })
})
