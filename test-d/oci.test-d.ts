import { expectAssignable, expectError, expectType } from 'tsd'
import {
  type CapabilityChoice,
  formatOciSpec,
  fromOciSpec,
  type OciCall,
  type OciSpec,
  type SpawnOptions,
  spawn,
  toOciSpec,
} from '..'

const spec = toOciSpec('true', { unshare: ['user'] })
expectType<OciSpec>(spec)
expectType<OciSpec>(toOciSpec('true', ['x'], { hostname: 'box' }))
expectError(toOciSpec())
expectType<string>(formatOciSpec(spec))
expectError(formatOciSpec({}))

// Whatever JSON.parse gave.
const call = fromOciSpec(JSON.parse('{}') as unknown, { bundle: '/b', ignore: ['linux.resources'] })
expectType<OciCall>(call)
spawn(call.command, call.args, call.options)
expectError(fromOciSpec({}, { ignore: 'linux' }))

expectAssignable<CapabilityChoice>({ bounding: ['CAP_KILL'] })
expectAssignable<SpawnOptions>({ capabilities: { ambient: [] } })
