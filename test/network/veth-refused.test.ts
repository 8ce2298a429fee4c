import { createVethPair, execFile, Namespace, SetupError, type VethEnd } from '../../lib/index'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith } from '../support/needs'
import { sandboxes } from './sandboxes'
import { links } from './traffic'

/** How it was refused. Whatever it is, it must be a SetupError. */
async function refusal(a: VethEnd, b: VethEnd): Promise<SetupError> {
  const error = await createVethPair(a, b).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!SetupError.is(error)) throw new Error(`no SetupError: ${String(error)}`)
  return error
}

describe('a wrong end is refused before anything runs', () => {
  const RIGHT: VethEnd = { name: 'nskt-b' }
  test.each<[what: string, wrong: unknown, kind: typeof TypeError | typeof RangeError, message: string]>([
    ['no end', undefined, TypeError, 'a must be an object'],
    ['no name', {}, TypeError, 'a.name must be a string'],
    ['an empty name', { name: '' }, RangeError, '1 to 15 bytes'],
    ['16 bytes', { name: 'sixteen-letters-' }, RangeError, '1 to 15 bytes'],
    ['16 bytes in 8 letters', { name: 'üüüüüüüü' }, RangeError, '1 to 15 bytes'],
    ...['a/b', 'a b', 'a:b', 'veth%d', '.', '..', 'all', 'default', 'a\n', 'à'].map(
      (name) => [name, { name }, TypeError, "link's name"] as never,
    ),
    ['a NUL', { name: 'a\0b' }, TypeError, 'NUL'],
    ['no prefix', { name: 'a', address: '10.0.0.1' }, TypeError, 'with its prefix'],
    ['an empty prefix', { name: 'a', address: '10.0.0.1/' }, TypeError, 'with its prefix'],
    ['a signed prefix', { name: 'a', address: '10.0.0.1/+8' }, TypeError, 'with its prefix'],
    ['33 bits', { name: 'a', address: '10.0.0.1/33' }, RangeError, 'at most 32'],
    ['129 bits', { name: 'a', address: 'fd00::1/129' }, RangeError, 'at most 128'],
    ['a name for an address', { name: 'a', address: 'localhost/8' }, TypeError, 'IPv4 or IPv6'],
    ['leading zeros', { name: 'a', address: '010.0.0.1/8' }, TypeError, 'IPv4 or IPv6'],
    ['a zone', { name: 'a', address: 'fe80::1%eth0/64' }, TypeError, 'IPv4 or IPv6'],
    ['a group', { name: 'a', address: '224.0.0.1/24' }, RangeError, 'one host'],
    ['an IPv6 group', { name: 'a', address: 'ff02::1/64' }, RangeError, 'one host'],
    ['no address at all', { name: 'a', address: '0.0.0.0/0' }, RangeError, 'one host'],
    ['one wrong of two', { name: 'a', address: ['10.0.0.1/8', 'x'] }, TypeError, 'IPv4 or IPv6'],
    ['an address that is no text', { name: 'a', address: [1] }, TypeError, 'a.address[0] must be a string'],
    ['five octets', { name: 'a', mac: '02:00:00:00:00' }, TypeError, 'six octets'],
    ['a group card', { name: 'a', mac: '01:00:00:00:00:01' }, RangeError, 'one card'],
    ['card zero', { name: 'a', mac: '00:00:00:00:00:00' }, RangeError, 'one card'],
    ['MTU 67', { name: 'a', mtu: 67 }, RangeError, 'from 68 to 65535'],
    ['MTU 65536', { name: 'a', mtu: 65_536 }, RangeError, 'from 68 to 65535'],
    ['MTU 1279 with IPv6', { name: 'a', address: 'fd00::1/64', mtu: 1279 }, RangeError, 'from 1280'],
    ['an MTU that is no number', { name: 'a', mtu: '1500' }, TypeError, 'a.mtu must be a number'],
    ['no Namespace', { name: 'a', namespace: { fd: 1, type: 'net' } }, TypeError, 'must be a Namespace'],
    ['a misspelt option', { name: 'a', adress: '10.0.0.1/8' }, TypeError, "did you mean 'address'"],
    ['the same name beside it', { name: 'nskt-b' }, TypeError, "called 'nskt-b'"],
  ])('%s', async (_, wrong, kind, message) => {
    const result = createVethPair(wrong as VethEnd, RIGHT)
    await expect(result).rejects.toThrow(kind)
    await expect(result).rejects.toThrow(message)
  })

  test('a namespace of another type, and a closed one', async () => {
    using uts = Namespace.of('self', 'uts')
    await expect(createVethPair({ name: 'a', namespace: uts }, RIGHT)).rejects.toThrow("of type 'net'")
    const closed = Namespace.of('self', 'net')
    closed.close()
    await expect(createVethPair({ name: 'a', namespace: closed }, RIGHT)).rejects.toMatchObject({
      code: 'ERR_NSKIT_CLOSED',
    })
  })
})

describeWith('userns', 'what the kernel refuses leaves no link', () => {
  test('a name that is taken: the link that has it stays', async () => {
    await using set = await sandboxes(2)
    const [one, other] = set.nets
    await createVethPair({ namespace: one, name: 'x' }, { namespace: other, name: 'x' })
    const before = await Promise.all(set.joins.map((join) => links(join)))
    for (const [a, b] of [
      ['x', 'y'],
      ['y', 'x'],
    ] as const) {
      const error = await refusal({ namespace: one, name: a }, { namespace: other, name: b })
      expect(error).toMatchObject({
        step: 'create-veth',
        code: 'EEXIST',
        target: `${a} and ${b}`,
        hint: 'A link of one of these names is there already',
      })
    }
    expect(await Promise.all(set.joins.map((join) => links(join)))).toEqual(before)
  })

  test.each([
    ['the first', 0],
    ['the second', 1],
  ])('IPv6 is off in %s namespace: the pair is deleted again', async (_, off) => {
    await using set = await sandboxes(2)
    const before = await Promise.all(set.joins.map((join) => links(join)))
    const script = 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'
    await execFile('/bin/sh', ['-c', script], { join: set.joins[off]! })
    const error = await refusal(
      { namespace: set.nets[0], name: 'x', address: 'fd6e:7374::1/64' },
      { namespace: set.nets[1], name: 'y', address: 'fd6e:7374::2/64' },
    )
    expect(error).toMatchObject({
      step: 'add-address',
      code: 'EACCES',
      syscall: 'sendmsg',
      target: off === 0 ? 'fd6e:7374::1/64 on x' : 'fd6e:7374::2/64 on y',
      hint: expect.stringContaining('disable_ipv6'),
    })
    expect(await Promise.all(set.joins.map((join) => links(join)))).toEqual(before)
  })

  test('one address twice: the pair is deleted again', async () => {
    await using set = await sandboxes(2)
    const [one, other] = set.nets
    const address = ['10.231.7.1/30', '10.231.7.1/30']
    const error = await refusal({ namespace: one, name: 'x' }, { namespace: other, name: 'y', address })
    expect(error).toMatchObject({ step: 'add-address', code: 'EEXIST', target: '10.231.7.1/30 on y' })
    expect(await links(set.joins[0])).not.toContain('x')
  })

  test('no descriptor and no process is left, whether it works or not', async () => {
    await using set = await sandboxes(2)
    const [one, other] = set.nets
    await expectNothingLeft(async () => {
      await createVethPair({ namespace: one, name: 'x' }, { namespace: other, name: 'x' })
      await refusal({ namespace: one, name: 'x' }, { namespace: other, name: 'y' })
      const address = ['10.231.7.1/30', '10.231.7.1/30']
      await refusal({ namespace: one, name: 'a' }, { namespace: other, name: 'b', address })
    }, ['descriptors', 'children'])
  })
})

describeWith('ordinary', 'without the right over an end', () => {
  test('the caller is no administrator of its own namespace', async () => {
    await using set = await sandboxes(1)
    const [namespace] = set.nets
    for (const ends of [
      [{ name: 'x' }, { namespace, name: 'y' }],
      [{ namespace, name: 'y' }, { name: 'x' }],
      [{ name: 'x' }, { name: 'y' }],
    ] as const) {
      const error = await refusal(ends[0], ends[1])
      expect(error).toMatchObject({ step: 'create-veth', code: 'EPERM' })
      expect(error.hint).toContain('CAP_NET_ADMIN is missing')
    }
    expect(await links(set.joins[0])).not.toContain('y')
  })

  test('two namespaces of different user namespaces', async () => {
    await using one = await sandboxes(1)
    await using other = await sandboxes(1)
    const error = await refusal(
      { namespace: one.nets[0], name: 'x' },
      { namespace: other.nets[0], name: 'y' },
    )
    expect(error).toMatchObject({ step: 'join-net', code: 'EPERM', target: `net:[${one.nets[0]?.ino}]` })
    expect(error.hint).toContain('CAP_SYS_ADMIN is missing')
    expect(error.hint).toContain('one own user namespace')
  })
})
