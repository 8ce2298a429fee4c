import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { checkLinkAddress, checkNetwork } from '../../lib/network/address'

test.each([
  ['10.0.0.1/8', 4, 8, '0a000001'],
  ['::1/128', 6, 128, `${'0'.repeat(31)}1`],
  ['fe80::1:2/64', 6, 64, 'fe800000000000000000000000010002'],
  ['1:2:3:4:5:6:7:8/0', 6, 0, '00010002000300040005000600070008'],
  ['1:2:3:4:5:6:7::/16', 6, 16, '00010002000300040005000600070000'],
  ['::2:3:4:5:6:7:8/16', 6, 16, '00000002000300040005000600070008'],
  ['ABCD::/16', 6, 16, `abcd${'0'.repeat(28)}`],
  ['::ffff:192.0.2.33/96', 6, 96, '00000000000000000000ffffc0000221'],
  ['64:ff9b::192.0.2.33/96', 6, 96, '0064ff9b0000000000000000c0000221'],
])('%s', (text, family, prefix, hex) => {
  const address = checkLinkAddress('address', text)
  expect({ ...address, bytes: Buffer.from(address.bytes).toString('hex') }).toMatchObject({
    family,
    prefix,
    bytes: hex,
  })
})

test('every spelling of an IPv6 address gives the bytes that a URL of it has', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      fc.pre(isIPv6(text))
      const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1)
      expect(checkNetwork('a', text).bytes).toEqual(checkNetwork('a', canonical).bytes)
      expect(spelt(checkNetwork('a', text).bytes)).toBe(canonical)
    }),
  )
})

/** Canonical by the URL's own hand, from all eight groups. */
function spelt(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    Buffer.from(bytes)
      .readUInt16BE(index * 2)
      .toString(16),
  )
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

test('a network has no bits behind its prefix', () => {
  for (const text of [
    '10.0.0.0/8',
    '10.0.0.1',
    '10.0.0.1/32',
    '0.0.0.0/0',
    '::/0',
    'fd00::/8',
    '10.0.0.128/25',
  ]) {
    expect(() => checkNetwork('from', text)).not.toThrow()
  }
  for (const text of ['10.0.0.1/31', '10.0.0.128/24', '0.0.0.1/0', 'fd00::1/127', 'fd80::/8']) {
    expect(() => checkNetwork('from', text)).toThrow(RangeError)
  }
})
