import { applyFirewall, type FirewallPolicy, Namespace } from '../../lib/index'
import { checkPolicy } from '../../lib/network/firewall-policy'
import { ruleset } from '../../lib/network/ruleset'

describe('a wrong policy is refused before anything runs', () => {
  const rule = (wrong: object) => ({ allow: [{ direction: 'in', ...wrong }] })
  test.each<[what: string, wrong: unknown, kind: typeof TypeError | typeof RangeError, message: string]>([
    ['none', undefined, TypeError, 'policy must be an object'],
    ['a misspelt option', { inputs: 'drop' }, TypeError, "did you mean 'input'"],
    ['an unknown verdict', { output: 'reject' }, TypeError, "policy.output must be 'accept' or 'drop'"],
    ['one rule, not in an array', { allow: { direction: 'in' } }, TypeError, 'policy.allow must be an array'],
    ['a rule that is none', { allow: ['in'] }, TypeError, 'policy.allow[0] must be an object'],
    ['no direction', { allow: [{}] }, TypeError, "direction must be 'in' or 'out'"],
    ['an unknown direction', rule({ direction: 'forward' }), TypeError, "direction must be 'in' or 'out'"],
    ['a misspelt key', rule({ ports: 1 }), TypeError, "did you mean 'port'"],
    [
      'an unknown protocol',
      rule({ protocol: 'sctp' }),
      TypeError,
      "protocol must be 'tcp' or 'udp' or 'icmp'",
    ],
    ['port 0', rule({ port: 0 }), RangeError, 'from 1 to 65535'],
    ['port 65536', rule({ port: 65_536 }), RangeError, 'from 1 to 65535'],
    ['a port as text', rule({ port: '80' }), TypeError, 'port must be a number'],
    ['a port of icmp', rule({ protocol: 'icmp', port: 1 }), TypeError, 'icmp has no ports'],
    ['a name', rule({ from: 'localhost' }), TypeError, 'allow[0].from must be an IPv4 or IPv6'],
    ['a range', rule({ to: '10.0.0.1-10.0.0.9' }), TypeError, 'allow[0].to must be an IPv4 or IPv6'],
    ['a prefix too long', rule({ to: '10.0.0.0/33' }), RangeError, 'at most 32'],
    ["a link's address", rule({ from: '10.0.0.1/24' }), RangeError, 'without bits behind the prefix'],
    ["an IPv6 link's address", rule({ from: 'fd00::1/64' }), RangeError, 'without bits behind the prefix'],
    ['two families', rule({ from: '10.0.0.1', to: 'fd00::1' }), TypeError, 'different families'],
  ])('%s', async (_, wrong, kind, message) => {
    using own = Namespace.of('self', 'net')
    const result = applyFirewall(own, wrong as FirewallPolicy)
    await expect(result).rejects.toThrow(kind)
    await expect(result).rejects.toThrow(message)
  })

  test('a namespace of another type, and none', async () => {
    using uts = Namespace.of('self', 'uts')
    await expect(applyFirewall(uts, {})).rejects.toThrow("of type 'net'")
    await expect(applyFirewall(undefined as unknown as Namespace, {})).rejects.toThrow('must be a Namespace')
  })
})

describe('the rules', () => {
  interface Command {
    add?: { chain?: { name: string; policy: string }; rule?: { chain: string; expr: object[] } }
  }
  const commands = (policy: FirewallPolicy): Command[] => JSON.parse(ruleset(checkPolicy(policy))).nftables
  const policies = (policy: FirewallPolicy) =>
    commands(policy).flatMap(({ add }) => (add?.chain ? [[add.chain.name, add.chain.policy]] : []))
  const own = (policy: FirewallPolicy) =>
    commands(policy)
      .flatMap(({ add }) => add?.rule ?? [])
      // Three stand in each chain whatever the policy.
      .filter(
        ({ chain }, index, all) => all.slice(0, index).filter((rule) => rule.chain === chain).length >= 3,
      )

  test('what no rule allows is dropped, unless the policy says otherwise', () => {
    expect(Object.fromEntries(policies({}))).toEqual({ input: 'drop', output: 'drop', forward: 'drop' })
    expect(Object.fromEntries(policies({ input: 'accept', forward: 'accept' }))).toEqual({
      input: 'accept',
      output: 'drop',
      forward: 'accept',
    })
  })

  test('each rule stands in the chain of its direction, in its order, and ends in accept', () => {
    const rules = own({ allow: [{ direction: 'out', port: 1 }, { direction: 'in' }, { direction: 'out' }] })
    expect(rules.map(({ chain }) => chain)).toEqual(['input', 'output', 'output'])
    expect(rules.every(({ expr }) => 'accept' in expr.at(-1)!)).toBe(true)
    expect(rules.map(({ expr }) => expr.length)).toEqual([1, 3, 1])
  })

  test('nothing of a rule gets lost', () => {
    const allow = [
      { direction: 'in', protocol: 'tcp', from: '10.0.0.0/8', to: '10.0.0.1', port: 80 } as const,
      { direction: 'in', protocol: 'icmp', from: 'FD00::/8' } as const,
    ]
    const match = (left: object, right: unknown) => ({ match: { op: '==', left, right } })
    const header = (protocol: string, field: string) => ({ payload: { protocol, field } })
    expect(own({ allow }).map(({ expr }) => expr)).toEqual([
      [
        match(header('ip', 'saddr'), { prefix: { addr: '10.0.0.0', len: 8 } }),
        match(header('ip', 'daddr'), '10.0.0.1'),
        match({ meta: { key: 'l4proto' } }, { set: ['tcp'] }),
        match(header('th', 'dport'), 80),
        { accept: null },
      ],
      [
        match(header('ip6', 'saddr'), { prefix: { addr: 'FD00::', len: 8 } }),
        match({ meta: { key: 'l4proto' } }, { set: ['icmp', 'ipv6-icmp'] }),
        { accept: null },
      ],
    ])
  })
})
