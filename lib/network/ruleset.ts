/** A policy as nft's JSON: libnftables-json(5). Pure. */

import type { Network } from './address.js'
import type { CheckedPolicy, CheckedRule } from './firewall-policy.js'

/** Of both families. Nothing else in the namespace's ruleset is touched. */
const TABLE = { family: 'inet', name: 'nskit' }
const INSIDE = { family: TABLE.family, table: TABLE.name }

type Hook = 'input' | 'output' | 'forward'
type Expression = Readonly<Record<string, unknown>>

/**
 * One transaction, as all that one `nft -f` reads: the rules that there were are in force until these are. The chains
 * stay: the rules in them change by the kernel's generations, at once; of a table that is deleted and added again the
 * hooks change one after the other, and packets that neither allows get through in between.
 */
export function ruleset({ input, output, forward, allow }: CheckedPolicy): string {
  const rulesOf = (direction: CheckedRule['direction']): Expression[][] =>
    allow.filter((rule) => rule.direction === direction).map(matches)
  return JSON.stringify({
    nftables: [
      { metainfo: { json_schema_version: 1 } },
      { add: { table: TABLE } },
      ...chain('input', input),
      ...chain('output', output),
      ...chain('forward', forward),
      ...[...always('iif'), ...rulesOf('in')].map((rule) => accept('input', rule)),
      ...[...always('oif'), ...rulesOf('out')].map((rule) => accept('output', rule)),
    ],
  })
}

/** What passes either way: replies, loopback, and what IPv6 needs to find the link's other end, as ARP for IPv4. */
function always(loopback: 'iif' | 'oif'): Expression[][] {
  return [
    [match({ ct: { key: 'state' } }, ['established', 'related'], 'in')],
    [match({ meta: { key: loopback } }, 'lo')],
    [match(header('icmpv6', 'type'), { set: ['nd-neighbor-solicit', 'nd-neighbor-advert'] })],
  ]
}

function matches({ protocol, from, to, port }: CheckedRule): Expression[] {
  const all: Expression[] = []
  if (from !== undefined) all.push(match(header(ip(from), 'saddr'), side(from)))
  if (to !== undefined) all.push(match(header(ip(to), 'daddr'), side(to)))
  const protocols = protocolsOf(protocol, port)
  if (protocols !== undefined) all.push(match({ meta: { key: 'l4proto' } }, { set: protocols }))
  // 'th': the ports of TCP and UDP stand in one place.
  if (port !== undefined) all.push(match(header('th', 'dport'), port))
  return all
}

function protocolsOf(protocol: CheckedRule['protocol'], port: number | undefined): string[] | undefined {
  if (protocol === 'icmp') return ['icmp', 'ipv6-icmp']
  if (protocol !== undefined) return [protocol]
  return port === undefined ? undefined : ['tcp', 'udp']
}

/** Added, which is nothing where it is there but for its policy, and without the rules that it had. */
function chain(hook: Hook, policy: string): Expression[] {
  return [
    { add: { chain: { ...INSIDE, name: hook, type: 'filter', hook, prio: 0, policy } } },
    { flush: { chain: { ...INSIDE, name: hook } } },
  ]
}

function accept(hook: Hook, expressions: readonly Expression[]): Expression {
  return { add: { rule: { ...INSIDE, chain: hook, expr: [...expressions, { accept: null }] } } }
}

function match(left: unknown, right: unknown, op = '=='): Expression {
  return { match: { op, left, right } }
}

function header(protocol: string, field: string): Expression {
  return { payload: { protocol, field } }
}

function ip({ family }: Network): string {
  return family === 4 ? 'ip' : 'ip6'
}

function side({ text, bytes, prefix }: Network): unknown {
  return prefix === bytes.length * 8 ? text : { prefix: { addr: text, len: prefix } }
}
