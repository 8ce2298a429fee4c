/** One end of a pair: what it takes, and what is refused of it before anything runs. Pure. */

import { Namespace } from '../namespaces/namespace.js'
import { checkInteger, checkObject, checkText, invalidValue, rangeError, typeError } from '../plan/check.js'
import { checkNames } from '../plan/option-names.js'
import { checkLinkAddress } from './address.js'
import type { Address, Link } from './rtnetlink.js'

/** An end of a veth pair. */
export interface VethEnd {
  /** The network namespace that the end is in. Default: the caller's own. */
  readonly namespace?: Namespace | undefined
  /** The link's name: 1 to 15 bytes, without '/', ':', '%' and white space. */
  readonly name: string
  /** 'IP/prefix', IPv4 or IPv6, or several. IPv6 addresses are usable at once, without duplicate address detection. */
  readonly address?: string | readonly string[] | undefined
  /** The hardware address, '02:00:00:00:00:01'. Default: the kernel draws one. */
  readonly mac?: string | undefined
  /**
   * 68 to 65535, with an IPv6 address from 1280. Default 1500. Give both ends the same: what is larger than the other
   * end's is dropped.
   */
  readonly mtu?: number | undefined
}

export interface CheckedEnd extends Link {
  readonly namespace: Namespace | undefined
  readonly addresses: readonly Address[]
  /** As written. */
  readonly addressTexts: readonly string[]
}

const OPTIONS: ReadonlySet<string> = new Set(['namespace', 'name', 'address', 'mac', 'mtu'])

/** IFNAMSIZ, less the NUL. */
const MAX_NAME_BYTES = 15
/** ETH_MIN_MTU and ETH_MAX_MTU. */
const MIN_MTU = 68
const MAX_MTU = 65_535
/** IPV6_MIN_MTU: below it the kernel takes IPv6 off the link. */
const MIN_MTU_IPV6 = 1280

export function checkEnds(a: unknown, b: unknown): [CheckedEnd, CheckedEnd] {
  const ends: [CheckedEnd, CheckedEnd] = [checkEnd('a', a), checkEnd('b', b)]
  const [{ namespace: one, name }, { namespace: other, name: otherName }] = ends
  const together = one === undefined || other === undefined ? one === other : one.isSame(other)
  if (together && name === otherName) throw new TypeError(`both ends are called '${name}' in one namespace`)
  return ends
}

function checkEnd(name: string, value: unknown): CheckedEnd {
  const end = checkObject(name, value)
  checkNames(end, OPTIONS)
  const addressTexts = checkAddresses(`${name}.address`, end.address)
  const addresses = addressTexts.map((text) => checkLinkAddress(`${name}.address`, text))
  const least = addresses.some(({ family }) => family === 6) ? MIN_MTU_IPV6 : MIN_MTU
  return {
    namespace: checkNamespace(`${name}.namespace`, end.namespace),
    name: checkLinkName(`${name}.name`, end.name),
    mac: end.mac === undefined ? undefined : checkMac(`${name}.mac`, end.mac),
    mtu: end.mtu === undefined ? undefined : checkInteger(`${name}.mtu`, end.mtu, least, MAX_MTU),
    addresses,
    addressTexts,
  }
}

function checkNamespace(name: string, value: unknown): Namespace | undefined {
  return value === undefined ? undefined : checkNetNamespace(name, value)
}

/** An open one of the type 'net': reading `fd` of a closed one throws, as it should. */
export function checkNetNamespace(name: string, value: unknown): Namespace {
  if (!(value instanceof Namespace)) throw typeError(name, 'a Namespace', value)
  if (value.type !== 'net' || value.fd < 0) {
    throw invalidValue(name, "a Namespace of type 'net'", value.type)
  }
  return value
}

/** As dev_valid_name() of the kernel, less '%', which would make it a pattern, and the names of its sysctl folders. */
function checkLinkName(name: string, value: unknown): string {
  const text = checkText(name, value)
  const bytes = Buffer.from(text)
  if (bytes.length < 1 || bytes.length > MAX_NAME_BYTES) {
    throw rangeError(name, `1 to ${MAX_NAME_BYTES} bytes`, value)
  }
  const reserved = ['.', '..', 'all', 'default'].includes(text)
  // 0xa0 is white space to the kernel, also as a part of a letter in UTF-8.
  if (reserved || /[/:%\s]/.test(text) || bytes.includes(0xa0)) {
    throw invalidValue(name, "a link's name, without '/', ':', '%' and white space", value)
  }
  return text
}

function checkAddresses(name: string, value: unknown): readonly string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) return [checkText(name, value)]
  return value.map((each, index) => checkText(`${name}[${index}]`, each))
}

function checkMac(name: string, value: unknown): Uint8Array {
  const text = checkText(name, value)
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) {
    throw invalidValue(name, "six octets, as '02:00:00:00:00:01'", value)
  }
  const octets = Uint8Array.from(text.split(':'), (octet) => Number.parseInt(octet, 16))
  // is_valid_ether_addr() of the kernel.
  const isGroup = ((octets[0] as number) & 1) === 1
  if (isGroup || octets.every((octet) => octet === 0)) {
    throw rangeError(name, 'the address of one card: no group, and not zero', value)
  }
  return octets
}
