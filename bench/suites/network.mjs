import * as childProcess from 'node:child_process'
import { applyFirewall, createNamespaces, createVethPair } from 'nskit'
import { exited } from '../harness/commands.mjs'

export const title = 'Connecting two network namespaces by a veth pair, and a firewall at one end'

const NSKIT = 'nskit'
const PEER = 'child_process: nsenter, ip, nft'
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`
const A = ['10.231.9.1/30', 'fd6e:7374:9::1/64']
const B = ['10.231.9.2/30', 'fd6e:7374:9::2/64']
const POLICY = { allow: [{ direction: 'in', protocol: 'tcp', from: '10.231.9.1', port: 80 }] }

/** The same rules, as one would write them. */
const RULES = `add table inet nskit; delete table inet nskit; table inet nskit {
  chain input { type filter hook input priority 0; policy drop; ct state established,related accept; iif lo accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    ip saddr 10.231.9.1 tcp dport 80 accept; }
  chain output { type filter hook output priority 0; policy drop; ct state established,related accept; oif lo accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept; }
  chain forward { type filter hook forward priority 0; policy drop; }
}`

export async function run(bench) {
  const samples = bench.quick ? 3 : 7
  const pair = await bench.compare(
    'the pair: both ends up, two addresses each',
    'ms',
    [
      { name: NSKIT, sample: () => inSandboxes(connect) },
      { name: PEER, sample: () => inSandboxes(connectByIp) },
    ],
    { samples },
  )
  bench.bar('veth pair, against ip', pair.ratio(NSKIT, PEER), '×', { atMost: 0.35 })

  const both = await bench.compare(
    'the pair and a firewall',
    'ms',
    [
      { name: NSKIT, sample: () => inSandboxes(connectAndGuard) },
      { name: PEER, sample: () => inSandboxes(connectAndGuardByNft) },
    ],
    { samples },
  )
  // nft itself is most of both.
  bench.bar('veth pair with firewall, against ip and nft', both.ratio(NSKIT, PEER), '×', { atMost: 1 })
}

/** Milliseconds of `work` alone, in two network namespaces of one new user namespace. */
async function inSandboxes(work) {
  const one = await createNamespaces(['user', 'net'])
  const user = one.namespaces.get('user')
  const two = await createNamespaces(['net'], { join: [user] })
  try {
    const begin = performance.now()
    await work(user, one.namespaces.get('net'), two.namespaces.get('net'))
    return performance.now() - begin
  } finally {
    one.close()
    two.close()
  }
}

function connect(_user, a, b) {
  return createVethPair(
    { namespace: a, name: 'to-b', address: A },
    { namespace: b, name: 'to-a', address: B },
  )
}

async function connectAndGuard(user, a, b) {
  await connect(user, a, b)
  await applyFirewall(b, POLICY)
}

async function connectByIp(user, a, b) {
  // The second namespace is descriptor 3 there: of Node's own entry in /proc nothing can be opened from inside.
  const create = 'link add to-b type veth peer name to-a netns /proc/self/fd/3'
  await inside([user, a, b], 'ip -batch -', [create, ...finish('to-b', A)].join('\n'))
  await inside([user, b], 'ip -batch -', finish('to-a', B).join('\n'))
}

function finish(name, [ipv4, ipv6]) {
  return [`link set ${name} up`, `address add ${ipv4} dev ${name}`, `address add ${ipv6} dev ${name} nodad`]
}

async function connectAndGuardByNft(user, a, b) {
  await connectByIp(user, a, b)
  await inside([user, b], 'nft -f -', RULES)
}

/** Through a shell: nft and ip open their input by its name, which fails with the sockets that Node gives. */
async function inside([user, net, other], command, input) {
  const namespaces = [`--user=/proc/self/fd/4`, `--net=/proc/self/fd/5`, '--preserve-credentials']
  const stdio = ['ignore', 'ignore', 'inherit', other?.fd ?? 'ignore', user.fd, net.fd]
  const script = `${command} <<'END'\n${input}\nEND\n`
  const child = childProcess.spawn('nsenter', [...namespaces, '/bin/sh', '-c', script], {
    env: { PATH },
    stdio,
  })
  await exited(child)
}
