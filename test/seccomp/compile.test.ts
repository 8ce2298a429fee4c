import fc from 'fast-check'
import { checkSeccompProgram, compileSeccomp, type OciSeccomp } from '../../lib/seccomp/index.js'
import { syscallNumbers } from '../../lib/seccomp/syscalls.js'
import { run } from './bpf.js'
import { argumentsFor, profiles } from './profiles.js'
import { ALLOW, errnoAnswer, evaluate, KILL_PROCESS } from './semantics.js'
import { workstation } from './workstation.js'

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const
const TARGETS = ['x64', 'arm64'] as const
const I386 = 0x40000003
const ARM = 0x40000028
const NONE = [0n, 0n, 0n, 0n, 0n, 0n]

describe.each(TARGETS)('programs for %s', (target) => {
  const numbers = syscallNumbers(target)
  const call = (name: string, args: readonly bigint[]) => ({
    number: numbers.get(name)!,
    arch: AUDIT[target],
    args,
  })

  it('decide as the profile does', () => {
    const names = ['read', 'write', 'close', 'clone', 'personality', 'prctl', 'ioctl', 'socket', 'listns']
    const cases = profiles(names).chain((profile) =>
      fc.record({
        profile: fc.constant(profile),
        calls: fc.array(fc.tuple(fc.constantFrom(...names, 'getpid'), argumentsFor(profile)), {
          minLength: 20,
        }),
      }),
    )
    fc.assert(
      fc.property(cases, ({ profile, calls }) => {
        const { program } = compileSeccomp(profile, target)
        checkSeccompProgram(program)
        for (const [name, args] of calls) {
          expect(run(program, call(name, args)).answer).toBe(evaluate(profile, name, args))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('decide as the profile does with any set of names', () => {
    const cases = fc.subarray([...numbers.keys()], { minLength: 1 })
    fc.assert(
      fc.property(cases, (names) => {
        const profile: OciSeccomp = {
          defaultAction: 'SCMP_ACT_ERRNO',
          syscalls: [{ names, action: 'SCMP_ACT_ALLOW' }],
        }
        const { program } = compileSeccomp(profile, target)
        for (const name of numbers.keys()) {
          expect(run(program, call(name, NONE)).answer).toBe(evaluate(profile, name, NONE))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('jump as far as they must when every call has conditions of its own', () => {
    const syscalls = [...numbers.keys()].map((name, index) => ({
      names: [name],
      action: 'SCMP_ACT_ALLOW' as const,
      args: [{ index: index % 6, op: 'SCMP_CMP_EQ' as const, value: 2n ** 40n + BigInt(index) }],
    }))
    const profile: OciSeccomp = { defaultAction: 'SCMP_ACT_TRAP', syscalls }
    const { program } = compileSeccomp(profile, target)
    expect(program.length / 8).toBeGreaterThan(1000)
    checkSeccompProgram(program)
    for (const [index, { names, args }] of syscalls.entries()) {
      const matching = NONE.with(index % 6, args[0]!.value)
      for (const actual of [matching, NONE]) {
        expect(run(program, call(names[0]!, actual)).answer).toBe(evaluate(profile, names[0]!, actual))
      }
    }
  })

  it('answer unassigned numbers with the default action', () => {
    const { program } = compileSeccomp(workstation, target)
    const assigned = new Set(numbers.values())
    for (let number = 0; number < 1000; number++) {
      if (assigned.has(number)) continue
      const { answer } = run(program, { number, arch: AUDIT[target], args: NONE })
      expect({ number, answer }).toEqual({ number, answer: errnoAnswer(1) })
    }
  })

  it('answer a call that a tracer has skipped (-1) with the default action', () => {
    const { program } = compileSeccomp(workstation, target)
    const { answer } = run(program, { number: 0xffff_ffff, arch: AUDIT[target], args: NONE })
    expect(answer).toBe(errnoAnswer(1))
  })

  it('are small and decide in few steps for a profile of the usual size', () => {
    const { program } = compileSeccomp(workstation, target)
    expect(program.length / 8).toBeLessThan(400)
    for (const name of numbers.keys()) {
      const { answer, steps } = run(program, call(name, NONE))
      expect(answer).toBe(evaluate(workstation, name, NONE))
      expect(steps).toBeLessThan(24)
    }
  })

  it('do without the rules of a profile that has none', () => {
    const { program } = compileSeccomp({ defaultAction: 'SCMP_ACT_ALLOW' }, target)
    expect(run(program, call('read', NONE)).answer).toBe(ALLOW)
    checkSeccompProgram(program)
  })

  it('kill what comes from an architecture that is not listed', () => {
    const { program } = compileSeccomp({ defaultAction: 'SCMP_ACT_ALLOW' }, target)
    const foreign = [I386, ARM, ...Object.values(AUDIT), 0].filter((arch) => arch !== AUDIT[target])
    for (const arch of foreign)
      expect(run(program, { number: 1, arch, args: NONE }).answer).toBe(KILL_PROCESS)
  })

  it('answer ENOSYS to the 32-bit architecture where it is listed', () => {
    const architectures = ['SCMP_ARCH_X86', 'SCMP_ARCH_ARM'] as const
    const { program } = compileSeccomp({ defaultAction: 'SCMP_ACT_ALLOW', architectures }, target)
    const [own, other] = target === 'x64' ? [I386, ARM] : [ARM, I386]
    expect(run(program, { number: 1, arch: own, args: NONE }).answer).toBe(errnoAnswer(38))
    expect(run(program, { number: 1, arch: other, args: NONE }).answer).toBe(KILL_PROCESS)
  })
})

describe('numbers of x32', () => {
  const call = (number: number) => ({ number, arch: AUDIT.x64, args: NONE })
  const answerTo = (profile: OciSeccomp, number: number) =>
    run(compileSeccomp(profile, 'x64').program, call(number)).answer
  const x32 = (name: string) => 0x40000000 + syscallNumbers('x64').get(name)!

  it.each(['SCMP_ACT_ALLOW', 'SCMP_ACT_ERRNO'] as const)(
    'do not get past a filter with %s as default',
    (defaultAction) => {
      const profile: OciSeccomp = { defaultAction, syscalls: [{ names: ['mount'], action: 'SCMP_ACT_LOG' }] }
      for (const number of [
        x32('mount'),
        x32('read'),
        0x40000000 + 520,
        0x7fff_ffff,
        0xc000_0000,
        0xffff_fffe,
      ]) {
        expect(answerTo(profile, number)).toBe(KILL_PROCESS)
      }
    },
  )

  it('fail with ENOSYS where x32 is listed, as on a kernel without it', () => {
    const profile: OciSeccomp = {
      defaultAction: 'SCMP_ACT_ALLOW',
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X32'],
    }
    expect(answerTo(profile, x32('mount'))).toBe(errnoAnswer(38))
  })
})

describe('several entries for one call', () => {
  const answers = (
    syscalls: OciSeccomp['syscalls'],
    defaultAction: OciSeccomp['defaultAction'],
    ...values: bigint[]
  ) => {
    const { program } = compileSeccomp({ defaultAction, syscalls: syscalls ?? [] }, 'x64')
    const number = syscallNumbers('x64').get('personality')!
    return values.map((value) => run(program, { number, arch: AUDIT.x64, args: NONE.with(0, value) }).answer)
  }
  const names = ['personality']
  const equal = (value: number) => [{ index: 0, op: 'SCMP_CMP_EQ' as const, value }]

  it('any of them that matches decides', () => {
    const entries = [1, 3].map((value) => ({ names, action: 'SCMP_ACT_ALLOW' as const, args: equal(value) }))
    expect(answers(entries, 'SCMP_ACT_ERRNO', 1n, 2n, 3n)).toEqual([ALLOW, errnoAnswer(1), ALLOW])
  })

  it('one without conditions decides alone, before or after those with conditions', () => {
    const conditional = { names, action: 'SCMP_ACT_ALLOW', args: equal(1) } as const
    const always = { names, action: 'SCMP_ACT_ERRNO', errnoRet: 2 } as const
    for (const entries of [
      [conditional, always],
      [always, conditional],
    ]) {
      expect(answers(entries, 'SCMP_ACT_ERRNO', 1n, 2n)).toEqual([errnoAnswer(2), errnoAnswer(2)])
    }
  })

  it('one that says what the default action says is not there', () => {
    const allowed = { names, action: 'SCMP_ACT_ALLOW', args: equal(1) } as const
    const denied = { names, action: 'SCMP_ACT_ERRNO', errnoRet: 2 } as const
    expect(answers([allowed, denied], 'SCMP_ACT_ALLOW', 1n, 2n)).toEqual([errnoAnswer(2), errnoAnswer(2)])
  })

  it('two conditions on one argument are alternatives, those on different ones are not', () => {
    const same = [{ names, action: 'SCMP_ACT_ALLOW' as const, args: [...equal(1), ...equal(2)] }]
    expect(answers(same, 'SCMP_ACT_ERRNO', 1n, 2n, 3n)).toEqual([ALLOW, ALLOW, errnoAnswer(1)])
    const other = { index: 1, op: 'SCMP_CMP_EQ' as const, value: 7 }
    const both = [{ names, action: 'SCMP_ACT_ALLOW' as const, args: [...equal(1), other] }]
    expect(answers(both, 'SCMP_ACT_ERRNO', 1n)).toEqual([errnoAnswer(1)])
  })
})
