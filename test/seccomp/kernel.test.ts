import { constants } from 'node:os'
import { compileSeccomp, denySyscalls, type OciSeccomp } from '../../lib/seccomp/index.js'
import { describeWith } from '../support/needs.js'
import { run } from './bpf.js'
import { attempt, call, machine, OWN_END, SIGSEGV, SIGSYS } from './kernel.js'
import { workstation } from './workstation.js'

const { EINVAL, ENOSYS, ENOTTY, EPERM, EBADF, ENXIO } = constants.errno
const EUCLEAN = 117
const TIOCSTI = 0x5412

function under(profile: OciSeccomp, ...calls: Array<bigint[] | 'i386'>) {
  return attempt({ program: compileSeccomp(profile, machine).program, calls })[0]!
}

function denying(...syscalls: NonNullable<OciSeccomp['syscalls']>): OciSeccomp {
  return { defaultAction: 'SCMP_ACT_ALLOW', syscalls }
}

const ERRNO = { action: 'SCMP_ACT_ERRNO', errnoRet: EUCLEAN } as const

describeWith('python3', 'a process under a filter', () => {
  it('gets the errno for a denied call and others go on', () => {
    const { results, signal } = under(
      denySyscalls(['getpid', 'mount'], ENXIO),
      call('getpid'),
      call('getppid'),
    )
    expect({ results, signal }).toEqual({ results: [ENXIO, 0], signal: OWN_END })
  })

  it('is allowed what is listed and refused the rest, with EPERM if nothing else is said', () => {
    const profile: OciSeccomp = {
      defaultAction: 'SCMP_ACT_ERRNO',
      syscalls: [{ names: ['getpid', 'kill'], action: 'SCMP_ACT_ALLOW' }],
    }
    const { results, signal } = under(profile, call('getpid'), call('getppid'), call('close', 999))
    expect({ results, signal }).toEqual({ results: [0, EPERM, EPERM], signal: OWN_END })
  })

  it.each([
    ['SCMP_CMP_EQ', [0, EUCLEAN, 0, 0]],
    ['SCMP_CMP_NE', [EUCLEAN, 0, EUCLEAN, EUCLEAN]],
    ['SCMP_CMP_LT', [EUCLEAN, 0, 0, EUCLEAN]],
    ['SCMP_CMP_LE', [EUCLEAN, EUCLEAN, 0, EUCLEAN]],
    ['SCMP_CMP_GT', [0, 0, EUCLEAN, 0]],
    ['SCMP_CMP_GE', [0, EUCLEAN, EUCLEAN, 0]],
  ] as const)('has arguments compared as 64 bits by %s', (op, expected) => {
    // getpid reads no argument: without the filter it never fails.
    const value = 0x1_0000_0002n
    const profile = denying({ names: ['getpid'], ...ERRNO, args: [{ index: 2, op, value }] })
    const tried = [0x1_0000_0001n, value, 0x2_0000_0000n, 0xffff_ffffn]
    const { results } = under(profile, ...tried.map((each) => call('getpid', 0, 0, each)))
    expect(results).toEqual(expected)
  })

  it('has all conditions of an entry hold before it is denied', () => {
    const profile = denying({
      names: ['prctl'],
      ...ERRNO,
      args: [
        { index: 0, op: 'SCMP_CMP_EQ', value: 3 },
        { index: 1, op: 'SCMP_CMP_GT', value: 5 },
      ],
    })
    // PR_GET_DUMPABLE ignores its arguments.
    expect(under(profile, call('prctl', 3, 5), call('prctl', 3, 6)).results).toEqual([0, EUCLEAN])
  })

  it('cannot hide an ioctl behind bits that the kernel does not look at', () => {
    const masked = { index: 1, op: 'SCMP_CMP_MASKED_EQ', value: 0xffff_ffff, valueTwo: TIOCSTI } as const
    const profile = denying({ names: ['ioctl'], ...ERRNO, args: [masked] })
    const { results } = under(
      profile,
      call('ioctl', 999, TIOCSTI),
      call('ioctl', 999, 0xabcd_0000_0000n + BigInt(TIOCSTI)),
      call('ioctl', 999, TIOCSTI + 1),
    )
    expect(results).toEqual([EUCLEAN, EUCLEAN, EBADF])
  })

  it('may not create namespaces by clone where the flags are masked', () => {
    const mask = { index: 0, op: 'SCMP_CMP_MASKED_EQ', value: 0x10000000, valueTwo: 0x10000000 } as const
    const profile = denying({ names: ['clone', 'unshare'], ...ERRNO, args: [mask] })
    // CLONE_SIGHAND without CLONE_VM is refused by the kernel itself: nothing is cloned.
    const { results } = under(
      profile,
      call('clone', 0x10000800),
      call('unshare', 0x10000000),
      call('clone', 0x800),
    )
    expect(results).toEqual([EUCLEAN, EUCLEAN, EINVAL])
  })

  it('is told apart by the personalities of a profile of the usual size', () => {
    const { results, signal } = under(
      workstation,
      call('personality', 0xffffffff),
      call('personality', 0x1_0000_0000n),
      call('personality', 0x40000),
      call('clone3', 0, 0),
      call('clone', 0x10000800),
      call('ioctl', 999, TIOCSTI),
      call('ioctl', 999, TIOCSTI + 1),
      call('getppid'),
    )
    expect(results).toEqual([0, EPERM, EPERM, ENOSYS, EPERM, ENOTTY, EBADF, 0])
    expect(signal).toBe(OWN_END)
  })

  it.each(['SCMP_ACT_KILL_PROCESS', 'SCMP_ACT_KILL', 'SCMP_ACT_KILL_THREAD', 'SCMP_ACT_TRAP'] as const)(
    'ends by SIGSYS at a call with %s',
    (action) => {
      const { results, signal } = under(
        denying({ names: ['getpid'], action }),
        call('getppid'),
        call('getpid'),
      )
      expect({ results, signal }).toEqual({ results: [0], signal: SIGSYS })
    },
  )

  it('gets ENOSYS for a call to be traced that has no tracer', () => {
    const profile = denying({ names: ['getppid'], action: 'SCMP_ACT_TRACE', errnoRet: 7 })
    expect(under(profile, call('getppid')).results).toEqual([ENOSYS])
  })

  it('goes on at a call that is logged', () => {
    expect(under(denying({ names: ['getppid'], action: 'SCMP_ACT_LOG' }), call('getppid')).results).toEqual([
      0,
    ])
  })

  it('may return 0 for a call that is not made', () => {
    const profile = denying({ names: ['close'], action: 'SCMP_ACT_ERRNO', errnoRet: 0 })
    expect(under(profile, call('close', 999)).results).toEqual([0])
  })

  it('gets the default action for the number -1', () => {
    const allowed: OciSeccomp = { defaultAction: 'SCMP_ACT_ALLOW' }
    expect(under(allowed, [0xffff_ffffn], call('getpid'))).toEqual({
      installed: 0,
      results: [ENOSYS, 0],
      signal: OWN_END,
    })
  })

  it('answers as the interpreter of these tests', () => {
    const { program } = compileSeccomp(workstation, machine)
    const names = [
      'mount',
      'bpf',
      'swapon',
      'acct',
      'open_tree',
      'keyctl',
      'fsopen',
      'setns',
      'quotactl',
      'clone3',
    ]
    const arch = machine === 'x64' ? 0xc000003e : 0xc00000b7
    const expected = names.map((name) => {
      const { answer } = run(program, { number: Number(call(name)[0]), arch, args: [] })
      return answer & 0xffff
    })
    expect(under(workstation, ...names.map((name) => call(name))).results).toEqual(expected)
  })
})

const foreign = machine === 'x64' ? describeWith : () => undefined

foreign('python3', 'calls of another architecture of x86', () => {
  const allowed: OciSeccomp = { defaultAction: 'SCMP_ACT_ALLOW' }
  const listed: OciSeccomp = { ...allowed, architectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] }
  const getpidOfX32 = [0x40000000n + 39n]

  it('of x32 kill the process', () => {
    expect(under(allowed, getpidOfX32, call('getpid'))).toEqual({ installed: 0, results: [], signal: SIGSYS })
  })

  it('of x32 fail with ENOSYS where it is listed', () => {
    expect(under(listed, getpidOfX32, call('getpid')).results).toEqual([ENOSYS, 0])
  })

  it('of i386 kill the process, or fail with ENOSYS where it is listed', () => {
    const [bare] = attempt({ program: null, calls: ['i386'] })
    const here = [under(allowed, 'i386'), under(listed, 'i386')].map(({ results, signal }) => ({
      results,
      signal,
    }))
    // A kernel without them knows no int $0x80.
    const none = { results: [], signal: SIGSEGV }
    const expected = [
      { results: [], signal: SIGSYS },
      { results: [ENOSYS], signal: OWN_END },
    ]
    expect(here).toEqual(bare!.signal === SIGSEGV ? [none, none] : expected)
  })
})
