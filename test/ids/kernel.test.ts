import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readlinkSync, writeSync } from 'node:fs'
import fc from 'fast-check'
import { IdMap } from '../../lib/ids/index.js'
import { describeWith, itWith } from '../support/needs.js'
import { until } from '../support/wait.js'
import { mappings } from './arbitraries.js'

const children = new Set<ChildProcess>()

/** A process in a user namespace whose maps nobody has written. */
async function unmapped(): Promise<number> {
  const child = spawn('unshare', ['--user', 'sleep', '1000'], { stdio: 'ignore' })
  children.add(child)
  const own = readlinkSync('/proc/self/ns/user')
  await until(() => readlinkSync(`/proc/${child.pid}/ns/user`) !== own, 'a new user namespace')
  return child.pid!
}

async function end(): Promise<void> {
  for (const child of children) {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    if (child.kill('SIGKILL')) await gone
    children.delete(child)
  }
}

/** A namespace that is still without a map, or a new one: what the kernel refuses leaves it as it is. */
class Target {
  #pid: number | undefined

  /** One write(2). The errno's name where it is refused; the map as it reads back where it is taken. */
  async write(kind: 'uid' | 'gid', text: string): Promise<IdMap | string> {
    this.#pid ??= await unmapped()
    const pid = this.#pid
    const fd = openSync(`/proc/${pid}/${kind}_map`, 'w')
    try {
      writeSync(fd, text)
    } catch (error) {
      return (error as NodeJS.ErrnoException).code!
    } finally {
      closeSync(fd)
    }
    const map = IdMap.read(pid, kind)
    this.#pid = undefined
    await end()
    return map
  }
}

function accepted(text: string): IdMap | undefined {
  try {
    return new IdMap(IdMap.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
}

const starts = fc.oneof(
  { weight: 12, arbitrary: fc.nat(60).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('4294967293', '4294967294', '4294967295', '65536', '007', '00') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('4294967296', '4294967297', '18446744073709551617', '-1', '0x1', ''),
  },
)
const sizes = fc.oneof({ weight: 12, arbitrary: fc.nat(9).map(String) }, { weight: 1, arbitrary: starts })
const blanks = fc.oneof(
  { weight: 24, arbitrary: fc.constantFrom(' ', '  ', '\t', ' \t', '\r', '\v', '\f') },
  { weight: 1, arbitrary: fc.constantFrom(',', ':', '', '\u00a0') },
)
const endings = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('', '\r', ' ') },
  { weight: 1, arbitrary: fc.constantFrom(' 1', '#') },
)
const lines = fc
  .tuple(fc.constantFrom('', ' ', '\t'), starts, blanks, starts, blanks, sizes, endings)
  .map((parts) => parts.join(''))
const newlines = fc.oneof(
  { weight: 12, arbitrary: fc.constant('\n') },
  { weight: 1, arbitrary: fc.constant('\n\n') },
)
const texts = fc
  .tuple(fc.array(fc.tuple(lines, newlines), { minLength: 1, maxLength: 5 }), fc.boolean())
  .map(([rows, closed]) => {
    const text = rows.flat().join('')
    return closed ? text : text.replace(/\n$/, '')
  })
  .filter((text) => text !== '')

describeWith(['root', 'userns'], 'beside the kernel', () => {
  const target = new Target()
  afterAll(end)

  it('takes the texts that the kernel takes, and refuses those that it refuses or wraps', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const ours = accepted(text)
        const theirs = await target.write('uid', text)
        if (ours !== undefined) {
          expect(theirs).toBeInstanceOf(IdMap)
          expect((theirs as IdMap).equals(ours)).toBe(true)
        } else if (theirs instanceof IdMap) {
          // The kernel took what does not fit 32 bits modulo 2³².
          expect((text.match(/\d+/g) ?? []).some((number) => Number(number) > 0xffff_ffff)).toBe(true)
        } else {
          expect(theirs).toBe('EINVAL')
        }
      }),
      { numRuns: 400 },
    )
  })

  it('writes maps that the kernel takes as they are, and reads them back', async () => {
    await fc.assert(
      fc.asyncProperty(mappings(200), fc.constantFrom('uid', 'gid'), async (entries, kind) => {
        const map = new IdMap(entries)
        const read = await target.write(kind as 'uid' | 'gid', map.toString())
        expect(read).toBeInstanceOf(IdMap)
        expect((read as IdMap).equals(map)).toBe(true)
        // More than five entries are kept sorted.
        const order =
          entries.length > 5 ? [...entries].sort((a, b) => a.containerID - b.containerID) : entries
        expect((read as IdMap).mappings).toEqual(order)
      }),
      { numRuns: 40 },
    )
  })

  it('knows the limits to the byte and to the entry', async () => {
    const single = (count: number): string =>
      Array.from({ length: count }, (_, i) => `${i} ${i} 1\n`).join('')
    const long = (bytes: number): string => {
      const text = Array.from({ length: 227 }, (_, i) => `${1000000 + i} ${1000000 + i} 1\n`).join('')
      return `${text}${'0'.repeat(bytes - text.length - 6)}1 1 1\n`
    }
    const everything = '0 0 4294967295\n'
    for (const text of [single(340), everything, '4294967294 4294967294 1\n', long(4095)]) {
      expect(await target.write('uid', text)).toBeInstanceOf(IdMap)
    }
    for (const text of [single(341), '0 0 4294967296\n', '1 0 4294967295\n', '0 1 4294967295\n']) {
      expect(await target.write('uid', text)).toBe('EINVAL')
      expect(accepted(text)).toBeUndefined()
    }
    // The limit is on the text that is written: this map has a shorter one.
    expect(await target.write('uid', long(4096))).toBe('EINVAL')
    expect(await target.write('uid', accepted(long(4096))!.toString())).toBeInstanceOf(IdMap)
  })
})

itWith('userns', 'a map that nobody has written reads as empty', async () => {
  try {
    const pid = await unmapped()
    expect(IdMap.read(pid, 'uid').isEmpty).toBe(true)
    expect(IdMap.read(pid, 'gid').toString()).toBe('')
  } finally {
    await end()
  }
})
