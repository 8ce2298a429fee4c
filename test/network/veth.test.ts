import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createVethPair, execFile, Namespace, spawn, type VethEnd } from '../../lib/index'
import { describeWith, itWith } from '../support/needs'
import { until } from '../support/wait'
import { bareSandboxes, sandboxes } from './sandboxes'
import { links, reach, serve } from './traffic'

interface LinkReport {
  ifname: string
  address: string
  mtu: number
  flags: string[]
  addr_info: Array<{ local: string; prefixlen: number; tentative?: boolean }>
}

async function linkOf(name: string, join: readonly Namespace[]): Promise<LinkReport> {
  const { stdout } = await execFile('ip', ['-j', 'address', 'show', 'dev', name], {
    join,
    env: { PATH: '/usr/sbin:/sbin:/usr/bin:/bin' },
  })
  return JSON.parse(stdout)[0]
}

function twoEnds(one: Namespace | undefined, other: Namespace | undefined): [VethEnd, VethEnd] {
  return [
    { namespace: one, name: 'nskt-a', address: ['10.231.7.1/30', 'fd6e:7374::1/64'] },
    { namespace: other, name: 'nskt-b', address: ['10.231.7.2/30', 'fd6e:7374::2/64'] },
  ]
}
const A = ['10.231.7.1', 'fd6e:7374::1']
const B = ['10.231.7.2', 'fd6e:7374::2']
const PORT = 7001

/** Both families, both protocols, at the first packet. */
async function expectTraffic(from: readonly Namespace[], to: readonly Namespace[], hosts: readonly string[]) {
  await using _server = await serve(to, [PORT])
  const attempts = hosts.flatMap((host) =>
    (['tcp', 'udp'] as const).map((protocol) => ({ host, port: PORT, protocol })),
  )
  expect(await reach(from, attempts)).toEqual(attempts.map(() => 'hello'))
}

describeWith('userns', 'createVethPair between two namespaces of one user namespace', () => {
  test('each end reaches the other, by IPv4 and IPv6, without any privilege outside', async () => {
    await using set = await sandboxes(2)
    const [one, other] = set.joins as [Namespace[], Namespace[]]
    await createVethPair(...twoEnds(set.nets[0], set.nets[1]))
    await expectTraffic(one, other, B)
    await expectTraffic(other, one, A)
  })

  test('of one in a user namespace below the other: the upper one has the power over both', async () => {
    await using set = await sandboxes(2)
    const [[user]] = set.joins as [[Namespace]]
    // Not nskit's unshare: without privilege it knows no id of the joined namespace that it could map.
    const script = ['-c', 'echo ready; exec cat']
    const args = ['--user', '--map-root-user', '--net', '/bin/sh', ...script]
    await using below = spawn('unshare', args, { join: [user], stdio: ['pipe', 'pipe', 'inherit'] })
    await once(below.stdout!, 'data')
    using net = below.namespace('net')
    await createVethPair(...twoEnds(set.nets[0], net))
    await createVethPair(...twoEnds(net, set.nets[1]))
    const inside = readFileSync(`/proc/${below.pid}/net/dev`, 'utf8')
    expect(inside).toMatch(/nskt-a:/)
    expect(inside).toMatch(/nskt-b:/)
  })

  itWith('ip', 'name, MAC, MTU and addresses are what was asked for; both ends are up', async () => {
    await using set = await sandboxes(2)
    const [one, other] = set.joins as [Namespace[], Namespace[]]
    await createVethPair(
      {
        namespace: set.nets[0],
        name: 'fifteen-letters',
        mac: '02:00:5E:10:00:01',
        mtu: 9000,
        address: ['10.231.7.1/30', 'fd6e:7374::1/64'],
      },
      { namespace: set.nets[1], name: 'ü', mac: '02:00:5e:10:00:02', mtu: 1280, address: '::ffff:a:1/112' },
    )
    expect(await linkOf('fifteen-letters', one)).toMatchObject({
      address: '02:00:5e:10:00:01',
      mtu: 9000,
      flags: expect.arrayContaining(['UP', 'LOWER_UP']),
      addr_info: expect.arrayContaining([
        expect.objectContaining({ local: '10.231.7.1', prefixlen: 30 }),
        expect.objectContaining({ local: 'fd6e:7374::1', prefixlen: 64 }),
      ]),
    })
    const second = await linkOf('ü', other)
    expect(second).toMatchObject({
      address: '02:00:5e:10:00:02',
      mtu: 1280,
      flags: expect.arrayContaining(['UP', 'LOWER_UP']),
    })
    const given = second.addr_info.find(({ local }) => local === '::ffff:a:1' || local === '::ffff:0.10.0.1')
    expect(given).toMatchObject({ prefixlen: 112 })
    expect(given).not.toHaveProperty('tentative')
  })

  test('without addresses both ends are there, and none but those', async () => {
    await using set = await sandboxes(2)
    const before = await Promise.all(set.joins.map((join) => links(join)))
    await createVethPair({ namespace: set.nets[0], name: 'x' }, { namespace: set.nets[1], name: 'x' })
    expect(await Promise.all(set.joins.map((join) => links(join)))).toEqual(
      before.map((names) => [...names, 'x'].sort()),
    )
  })

  test('both ends in one namespace', async () => {
    await using set = await sandboxes(1)
    const [namespace] = set.nets
    await createVethPair({ namespace, name: 'x' }, { namespace, name: 'y' })
    expect(await links(set.joins[0])).toEqual(expect.arrayContaining(['lo', 'x', 'y']))
  })

  test('a handle that is closed while the pair is made does no harm', async () => {
    await using set = await sandboxes(2)
    const handles = set.nets.map((net) => Namespace.fromFd(net.fd))
    const made = createVethPair({ namespace: handles[0], name: 'x' }, { namespace: handles[1], name: 'y' })
    for (const handle of handles) handle.close()
    await made
    expect(await links(set.joins[0])).toContain('x')
    expect(await links(set.joins[1])).toContain('y')
  })

  test('50 pairs at once from one namespace, each to one of its own', async () => {
    await using set = await sandboxes(51)
    const [hub, ...others] = set.nets as [Namespace, ...Namespace[]]
    await Promise.all(
      others.map((namespace, index) =>
        createVethPair(
          { namespace: hub, name: `to-${index}`, address: `10.231.${index}.1/30` },
          { namespace, name: 'up', address: `10.231.${index}.2/30` },
        ),
      ),
    )
    const names = await links(set.joins[0])
    expect(names.filter((name) => name.startsWith('to-'))).toHaveLength(50)
    await expectTraffic(set.joins[0]!, set.joins[50]!, ['10.231.49.2'])
  }, 120_000)
})

describeWith('admin', 'createVethPair as root', () => {
  test('between namespaces that its own user namespace owns', async () => {
    await using set = await bareSandboxes(2)
    const [one, other] = set.joins as [Namespace[], Namespace[]]
    await createVethPair(...twoEnds(set.nets[0], set.nets[1]))
    await expectTraffic(one, other, B)
  })

  test('between its own user namespace and one below it', async () => {
    await using bare = await bareSandboxes(1)
    await using owned = await sandboxes(1)
    await createVethPair(...twoEnds(bare.nets[0], owned.nets[0]))
    await expectTraffic(bare.joins[0]!, owned.joins[0]!, B)
  })
})

describeWith('root', 'createVethPair between the host and a sandbox', () => {
  test.each(['first', 'second'])('the %s end on the host; it goes when the sandbox does', async (which) => {
    const here = async () => (await links()).filter((name) => name.startsWith('nskt-'))
    expect(await here()).toEqual([])
    {
      await using set = await sandboxes(1)
      const [net] = set.nets
      const [a, b, there, name] =
        which === 'first' ? [undefined, net, B, 'nskt-a'] : [net, undefined, A, 'nskt-b']
      await createVethPair(...twoEnds(a, b))
      expect(await here()).toEqual([name])
      // Outwards alone: a host's own firewall may drop what comes from elsewhere.
      await expectTraffic([], set.joins[0]!, there)
    }
    await until(async () => (await here()).length === 0, 'the host to be without the link')
  })
})
