import { spawnSync } from 'node:child_process'
import { syscallNumber, syscallNumbers } from '../../lib/seccomp/syscalls.js'
import { itWith } from '../support/needs.js'

/** arm64's asm/unistd.h, which a host of another architecture has not: what it takes of the generic table. */
const ARM64 = ['RENAMEAT', 'NEW_STAT', 'SET_GET_RLIMIT', 'TIME32_SYSCALLS', 'SYS_CLONE3', 'MEMFD_SECRET']
const HEADERS = {
  x64: '#include <asm/unistd_64.h>\n',
  arm64: `${ARM64.map((name) => `#define __ARCH_WANT_${name}\n`).join('')}#include <asm-generic/unistd.h>\n`,
}

/** The names of a header and their numbers, which may be macros themselves. */
function headerNumbers(text: string): Map<string, number> {
  const { status, stdout, stderr } = spawnSync('gcc', ['-E', '-dM', '-xc', '-'], {
    input: text,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  const macros = new Map(
    [...stdout.matchAll(/^#define (__NR\w+) (\S+)$/gm)].map(([, name, value]) => [name!, value!]),
  )
  const resolve = (value: string): number => (macros.has(value) ? resolve(macros.get(value)!) : Number(value))
  const numbers = [...macros.keys()].map((name) => [name, resolve(name)] as const)
  return new Map(
    numbers
      .filter(([name, number]) => /^__NR_\w/.test(name) && Number.isInteger(number))
      .map(([name, number]) => [name.slice('__NR_'.length), number]),
  )
}

/** Not calls, but bounds and blocks of numbers. */
const BOUNDS = ['syscalls', 'arch_specific_syscall']
/** A host's headers may be newer than the tables. */
const NEWEST = 470

function tableHolds(target: 'x64' | 'arm64'): void {
  const header = headerNumbers(HEADERS[target])
  expect(header.size).toBeGreaterThan(300)
  const here = syscallNumbers(target)
  const expected = [...header].filter(([name, number]) => !BOUNDS.includes(name) && number <= NEWEST)
  expect(expected.map(([name]) => [name, here.get(name)])).toEqual(expected)
}

// Only the host's own headers are there.
const itHasX86Headers = process.arch === 'x64' ? itWith : () => undefined

describe('the tables of system calls', () => {
  itHasX86Headers('gcc', "agree with the kernel's header for x86-64", () => tableHolds('x64'))
  itWith('gcc', "agree with the kernel's header for arm64", () => tableHolds('arm64'))

  itHasX86Headers('gcc', 'know the calls of i386 and x32', () => {
    for (const header of ['unistd_32', 'unistd_x32']) {
      const names = headerNumbers(`#define __X32_SYSCALL_BIT 0x40000000\n#include <asm/${header}.h>\n`)
      for (const name of names.keys()) expect(() => syscallNumber(name, 'x64', name)).not.toThrow()
    }
  })

  it.each(['x64', 'arm64'] as const)('have each number of %s once', (target) => {
    const numbers = [...syscallNumbers(target).values()]
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(Math.max(...numbers)).toBe(NEWEST)
  })

  it('number the calls since 5.1 alike', () => {
    const recent = (target: 'x64' | 'arm64') =>
      [...syscallNumbers(target)].filter(([, number]) => number >= 424)
    expect(recent('x64')).toEqual(recent('arm64'))
    expect(recent('x64')).toHaveLength(NEWEST - 424 + 1)
  })

  it('have the newest calls', () => {
    const newest = { mseal: 462, open_tree_attr: 467, file_getattr: 468, file_setattr: 469, listns: 470 }
    for (const [name, number] of Object.entries(newest)) {
      expect(syscallNumber(name, 'x64', name)).toBe(number)
      expect(syscallNumber(name, 'arm64', name)).toBe(number)
    }
    expect(syscallNumber('uretprobe', 'x64', 'names[0]')).toBe(335)
    expect(syscallNumber('uprobe', 'x64', 'names[0]')).toBe(336)
  })

  it('know what is not on this architecture', () => {
    for (const name of ['arch_prctl', 'open', 'fork', 'socketcall', 'chown32', 'sync_file_range2']) {
      expect(syscallNumber(name, 'arm64', name)).toBeUndefined()
    }
    for (const name of ['chown32', 'futex_time64', 's390_pci_mmio_read', 'riscv_hwprobe', 'set_tls']) {
      expect(syscallNumber(name, 'x64', name)).toBeUndefined()
    }
  })

  it('refuse what no architecture has, and say what may be meant', () => {
    const unknown = () => syscallNumber('personalty', 'x64', 'syscalls[3].names[1]')
    expect(unknown).toThrow(
      new TypeError("syscalls[3].names[1]: unknown system call 'personalty'; did you mean 'personality'?"),
    )
  })
})
