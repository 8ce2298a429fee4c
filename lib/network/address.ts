/** IP addresses, with and without a prefix, from text. Pure. */

import { isIPv4, isIPv6 } from 'node:net'
import { checkText, invalidValue, rangeError } from '../plan/check.js'
import type { Address } from './rtnetlink.js'

/** 'IP/prefix', as a link is given it: what any host may be called by. */
export function checkLinkAddress(name: string, value: unknown): Address {
  const expected = "an IPv4 or IPv6 address with its prefix, as '10.0.0.1/24'"
  const address = split(name, value, expected)
  if (address.prefix === undefined) throw invalidValue(name, expected, value)
  if (!isHost(address)) throw rangeError(name, 'the address of one host', value)
  return { ...address, prefix: address.prefix }
}

/** An address, or a network in CIDR notation, as a firewall compares with it. */
export interface Network extends Address {
  /** As written, without the prefix. */
  readonly text: string
}

/** Of an address alone the prefix covers it all. */
export function checkNetwork(name: string, value: unknown): Network {
  const address = split(name, value, "an IPv4 or IPv6 address or network, as '10.0.0.1' or '10.0.0.0/24'")
  const prefix = address.prefix ?? address.bytes.length * 8
  // '10.0.0.1/24' is how a link is given its address: read as a network it would let in 255 others.
  if (hasHostBits(address.bytes, prefix)) {
    throw rangeError(name, `an address without prefix, or a network without bits behind the prefix`, value)
  }
  return { ...address, prefix }
}

interface Split {
  readonly family: 4 | 6
  readonly bytes: Uint8Array
  readonly text: string
  readonly prefix: number | undefined
}

function split(name: string, value: unknown, expected: string): Split {
  const [, text = '', digits] = /^([^/%]*)(?:\/(\d{1,3}))?$/.exec(checkText(name, value)) ?? []
  const family = isIPv4(text) ? 4 : isIPv6(text) ? 6 : undefined
  if (family === undefined) throw invalidValue(name, expected, value)
  const bytes = family === 4 ? Uint8Array.from(text.split('.'), Number) : ipv6Bytes(text)
  const prefix = digits === undefined ? undefined : Number(digits)
  if (prefix !== undefined && prefix > bytes.length * 8) {
    throw rangeError(name, `a prefix of at most ${bytes.length * 8}`, value)
  }
  return { family, bytes, text, prefix }
}

/** Of text that isIPv6() takes, without a zone. */
function ipv6Bytes(text: string): Uint8Array {
  const groups = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...quad: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = quad.slice(0, 4).map(Number)
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [before = [], after] = groups.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = Array<string>(8 - before.length - (after?.length ?? 0)).fill('0')
  const bytes = Buffer.alloc(16)
  for (const [index, group] of [...before, ...zeros, ...(after ?? [])].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2)
  }
  return bytes
}

/** Neither unspecified, nor of a group, nor IPv4's broadcast: those the kernel refuses, or takes and never answers to. */
function isHost({ family, bytes }: Split): boolean {
  const [first = 0] = bytes
  return bytes.some((byte) => byte !== 0) && (family === 4 ? first < 224 && first > 0 : first !== 0xff)
}

function hasHostBits(bytes: Uint8Array, prefix: number): boolean {
  return bytes.some((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefix - index * 8))
    return (byte & (0xff >> kept)) !== 0
  })
}
