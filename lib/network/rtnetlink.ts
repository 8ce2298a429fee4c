/** Requests of rtnetlink(7) about links and addresses, laid out as the kernel reads them. Little-endian, as the plan. */

/** linux/rtnetlink.h, linux/netlink.h, linux/if_link.h, linux/if_addr.h, linux/veth.h: each by its name there. */
const RTM_NEWLINK = 16
const RTM_DELLINK = 17
const RTM_NEWADDR = 20
const NLM_F_REQUEST = 0x1
const NLM_F_ACK = 0x4
const NLM_F_EXCL = 0x200
const NLM_F_CREATE = 0x400
const IFLA_ADDRESS = 1
const IFLA_IFNAME = 3
const IFLA_MTU = 4
const IFLA_LINKINFO = 18
const IFLA_GROUP = 27
const IFLA_NET_NS_FD = 28
const IFLA_INFO_KIND = 1
const IFLA_INFO_DATA = 2
const VETH_INFO_PEER = 1
const IFA_ADDRESS = 1
const IFA_LOCAL = 2
const IFA_F_NODAD = 0x02
const IFA_F_PERMANENT = 0x80
const RT_SCOPE_UNIVERSE = 0
const RT_SCOPE_HOST = 254
const IFF_UP = 0x1
const AF_INET = 2
const AF_INET6 = 10

const HEADER_SIZE = 16
const LINK_SIZE = 16
const ADDRESS_SIZE = 8
const NEW = NLM_F_CREATE | NLM_F_EXCL

export interface Link {
  readonly name: string
  /** Six octets; undefined: the kernel draws one. */
  readonly mac: Uint8Array | undefined
  readonly mtu: number | undefined
}
export interface Address {
  readonly family: 4 | 6
  /** In network order: 4 or 16. */
  readonly bytes: Uint8Array
  readonly prefix: number
}

/**
 * A pair: `link` in the network namespace that the request is made in, `peer` in that of `peerNamespace`, or beside it.
 * `link` comes up at once. The peer cannot: it is not yet one of a pair when its flags are set (ENOTCONN).
 * `group`: of `link`.
 */
export function newVethPair(
  link: Link,
  peer: Link,
  peerNamespace: number | undefined,
  group: number,
): Uint8Array {
  const peerInfo = [linkHeader(0), ...linkAttributes(peer)]
  if (peerNamespace !== undefined) peerInfo.push(attribute(IFLA_NET_NS_FD, word(peerNamespace)))
  return request(RTM_NEWLINK, NEW, [
    linkHeader(IFF_UP),
    ...linkAttributes(link),
    attribute(IFLA_GROUP, word(group)),
    attribute(
      IFLA_LINKINFO,
      attribute(IFLA_INFO_KIND, Buffer.from('veth')),
      attribute(IFLA_INFO_DATA, attribute(VETH_INFO_PEER, ...peerInfo)),
    ),
  ])
}

/** For the link whose index is put in. */
export function linkUp(): Uint8Array {
  return request(RTM_NEWLINK, 0, [linkHeader(IFF_UP)])
}

/** For the link whose index is put in: into the group that all are in by default. */
export function ungroup(): Uint8Array {
  return request(RTM_NEWLINK, 0, [linkHeader(0), attribute(IFLA_GROUP, word(0))])
}

/** All links of that group, there are any or not (ENODEV). */
export function deleteGroup(group: number): Uint8Array {
  return request(RTM_DELLINK, 0, [linkHeader(0), attribute(IFLA_GROUP, word(group))])
}

/** For the link whose index is put in. Of a pair it takes both. */
export function deleteLink(): Uint8Array {
  return request(RTM_DELLINK, 0, [linkHeader(0)])
}

/** For the link whose index is put in. */
export function newAddress(address: Address): Uint8Array {
  // Without NODAD an IPv6 address cannot be bound to for a second or two: a pair has no third who could have it.
  return addressRequest(address, address.family === 4 ? 0 : IFA_F_NODAD, RT_SCOPE_UNIVERSE, 0)
}

/** 127.0.0.1/8 for lo, which is the first link of every network namespace. */
export function newLoopbackAddress(): Uint8Array {
  const address = { family: 4, bytes: Uint8Array.of(127, 0, 0, 1), prefix: 8 } as const
  return addressRequest(address, IFA_F_PERMANENT, RT_SCOPE_HOST, 1)
}

function addressRequest(
  { family, bytes, prefix }: Address,
  flags: number,
  scope: number,
  index: number,
): Uint8Array {
  const header = Buffer.alloc(ADDRESS_SIZE)
  header.set([family === 4 ? AF_INET : AF_INET6, prefix, flags, scope])
  header.writeUInt32LE(index, 4)
  return request(RTM_NEWADDR, NEW, [header, attribute(IFA_LOCAL, bytes), attribute(IFA_ADDRESS, bytes)])
}

function request(type: number, flags: number, parts: readonly Uint8Array[]): Uint8Array {
  const header = Buffer.alloc(HEADER_SIZE)
  const message = Buffer.concat([header, ...parts])
  message.writeUInt32LE(message.length, 0)
  message.writeUInt16LE(type, 4)
  message.writeUInt16LE(NLM_F_REQUEST | NLM_F_ACK | flags, 6)
  return message
}

/** struct ifinfomsg: its flags, and which of them are meant. */
function linkHeader(flags: number): Buffer {
  const header = Buffer.alloc(LINK_SIZE)
  header.writeUInt32LE(flags, 8)
  header.writeUInt32LE(flags, 12)
  return header
}

function linkAttributes({ name, mac, mtu }: Link): Buffer[] {
  const attributes = [attribute(IFLA_IFNAME, Buffer.from(`${name}\0`))]
  if (mac !== undefined) attributes.push(attribute(IFLA_ADDRESS, mac))
  if (mtu !== undefined) attributes.push(attribute(IFLA_MTU, word(mtu)))
  return attributes
}

/** Padded to four bytes, which its length leaves out. */
function attribute(type: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const bytes = Buffer.alloc(4 + Math.ceil(content.length / 4) * 4)
  bytes.writeUInt16LE(4 + content.length, 0)
  bytes.writeUInt16LE(type, 2)
  bytes.set(content, 4)
  return bytes
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
