/** What a firewall lets pass: the options, their defaults, and what is refused of them before anything runs. Pure. */

import { checkArray, checkInteger, checkObject, invalidValue } from '../plan/check.js'
import { checkNames } from '../plan/option-names.js'
import { checkNetwork, type Network } from './address.js'

/** @inline */
export type Verdict = 'accept' | 'drop'

/** What may begin; the replies to it pass without a rule. What is left out is any. */
export interface FirewallRule {
  /** 'in': from elsewhere to a program inside; 'out': the other way. */
  readonly direction: 'in' | 'out'
  /** 'icmp' is that of IPv4 and of IPv6. Default: any. */
  readonly protocol?: 'tcp' | 'udp' | 'icmp' | undefined
  /** Where it comes from: an address or a network ('10.0.0.0/24'), IPv4 or IPv6. */
  readonly from?: string | undefined
  /** Where it goes, in the same forms; of the same family as `from`. */
  readonly to?: string | undefined
  /** Destination port, 1 to 65535; without a protocol that of TCP and UDP. */
  readonly port?: number | undefined
}

/** Three defaults, and what is allowed besides. */
export interface FirewallPolicy {
  /** What happens to what comes in and no rule allows. Default 'drop'. */
  readonly input?: Verdict | undefined
  /** The same for what goes out. Default 'drop'. */
  readonly output?: Verdict | undefined
  /** The same for what passes through the namespace. No rule is about that. Default 'drop'. */
  readonly forward?: Verdict | undefined
  /** What may begin all the same. Default: nothing. */
  readonly allow?: readonly FirewallRule[] | undefined
}

export interface CheckedRule {
  readonly direction: 'in' | 'out'
  readonly protocol: 'tcp' | 'udp' | 'icmp' | undefined
  readonly from: Network | undefined
  readonly to: Network | undefined
  readonly port: number | undefined
}
export interface CheckedPolicy {
  readonly input: Verdict
  readonly output: Verdict
  readonly forward: Verdict
  readonly allow: readonly CheckedRule[]
}

const POLICY_OPTIONS: ReadonlySet<string> = new Set(['input', 'output', 'forward', 'allow'])
const RULE_OPTIONS: ReadonlySet<string> = new Set(['direction', 'protocol', 'from', 'to', 'port'])

export function checkPolicy(value: unknown): CheckedPolicy {
  const policy = checkObject('policy', value)
  checkNames(policy, POLICY_OPTIONS)
  const verdict = (name: string): Verdict =>
    checkOneOf(`policy.${name}`, policy[name] ?? 'drop', ['accept', 'drop'])
  return {
    input: verdict('input'),
    output: verdict('output'),
    forward: verdict('forward'),
    allow: checkArray('policy.allow', policy.allow ?? []).map((rule, index) =>
      checkRule(`policy.allow[${index}]`, rule),
    ),
  }
}

function checkRule(name: string, value: unknown): CheckedRule {
  const rule = checkObject(name, value)
  checkNames(rule, RULE_OPTIONS)
  const network = (key: 'from' | 'to'): Network | undefined =>
    rule[key] === undefined ? undefined : checkNetwork(`${name}.${key}`, rule[key])
  const checked = {
    direction: checkOneOf(`${name}.direction`, rule.direction, ['in', 'out']),
    protocol:
      rule.protocol === undefined
        ? undefined
        : checkOneOf(`${name}.protocol`, rule.protocol, ['tcp', 'udp', 'icmp']),
    from: network('from'),
    to: network('to'),
    port: rule.port === undefined ? undefined : checkInteger(`${name}.port`, rule.port, 1, 65_535),
  }
  if (checked.protocol === 'icmp' && checked.port !== undefined) {
    throw new TypeError(`${name}: icmp has no ports`)
  }
  if (checked.from !== undefined && checked.to !== undefined && checked.from.family !== checked.to.family) {
    throw new TypeError(`${name}: from and to are of different families, so nothing can match`)
  }
  return checked
}

function checkOneOf<T extends string>(name: string, value: unknown, known: readonly T[]): T {
  const found = known.find((each) => each === value)
  if (found !== undefined) return found
  throw invalidValue(name, known.map((each) => `'${each}'`).join(' or '), value)
}
