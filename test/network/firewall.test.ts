import { once } from 'node:events'
import { applyFirewall, execFile, type FirewallPolicy, type Namespace, spawn } from '../../lib/index'
import { describeWith, itWith } from '../support/needs'
import { A, B, blocked, type Connected, connected, SHORT } from './connected'
import { bareSandboxes, sandboxes } from './sandboxes'
import { type Attempt, reach, serve } from './traffic'

describeWith(['userns', 'nft'], 'applyFirewall, by an ordinary user too', () => {
  let net: Connected
  beforeAll(async () => {
    net = await connected(sandboxes)
  })
  afterAll(() => net.set[Symbol.asyncDispose]())

  const onB = (policy: FirewallPolicy) => applyFirewall(net.nets[1], policy)

  test('an allowed port passes in both families, replies included; another does not', async () => {
    await onB({ allow: [{ direction: 'in', protocol: 'tcp', port: 8001 }] })
    await using _server = await serve(net.b, [8001, 8002])
    const results = await reach(net.a, [
      { host: B.ipv4, port: 8001 },
      { host: B.ipv6, port: 8001 },
      blocked({ host: B.ipv4, port: 8002 }),
      blocked({ host: B.ipv6, port: 8002 }),
      blocked({ host: B.ipv4, port: 8001, protocol: 'udp' }),
    ])
    expect(results).toEqual(['hello', 'hello', 'silence', 'silence', 'silence'])
  })

  test('with nothing in force all of that passes', async () => {
    await onB({ input: 'accept', output: 'accept', forward: 'accept' })
    await using _server = await serve(net.b, [8001, 8002])
    const attempts: Attempt[] = [
      { host: B.ipv4, port: 8002 },
      { host: B.ipv6, port: 8002 },
      { host: B.ipv4, port: 8001, protocol: 'udp' },
    ]
    expect(await reach(net.a, attempts)).toEqual(['hello', 'hello', 'hello'])
  })

  test('who may be reached may not begin by itself; loopback passes', async () => {
    await onB({ allow: [{ direction: 'in', port: 8001 }] })
    await using _inside = await serve(net.b, [8001], 'inside')
    await using _outside = await serve(net.a, [8001], 'outside')
    expect(
      await reach(net.b, [
        blocked({ host: A.ipv4, port: 8001 }),
        blocked({ host: A.ipv6, port: 8001 }),
        { host: '127.0.0.1', port: 8001 },
        { host: '::1', port: 8001 },
        { host: B.ipv4, port: 8001 },
      ]),
    ).toEqual(['silence', 'silence', 'inside', 'inside', 'inside'])
    expect(await reach(net.a, [{ host: B.ipv4, port: 8001 }])).toEqual(['inside'])
  })

  test("'out' lets begin outwards, and only there", async () => {
    await onB({ allow: [{ direction: 'out', protocol: 'tcp', to: A.ipv4, port: 8001 }] })
    await using _inside = await serve(net.b, [8001], 'inside')
    await using _outside = await serve(net.a, [8001, 8002], 'outside')
    expect(
      await reach(net.b, [
        { host: A.ipv4, port: 8001 },
        blocked({ host: A.ipv4, port: 8002 }),
        blocked({ host: A.ipv6, port: 8001 }),
      ]),
    ).toEqual(['outside', 'silence', 'silence'])
    expect(await reach(net.a, [blocked({ host: B.ipv4, port: 8001 })])).toEqual(['silence'])
  })

  test.each([
    ['an address', A.ipv4, A.ipv6],
    ['a network', '10.231.0.0/16', 'fd6e:7374::/32'],
  ])('from %s: others are left out', async (_, ipv4, ipv6) => {
    await using _server = await serve(net.b, [8001, 8002])
    await onB({
      allow: [
        { direction: 'in', protocol: 'tcp', from: ipv4, port: 8001 },
        { direction: 'in', protocol: 'tcp', from: ipv6, port: 8001 },
        { direction: 'in', protocol: 'tcp', from: '10.232.0.0/16', port: 8002 },
        { direction: 'in', protocol: 'tcp', from: 'fd6e:7375::/32', port: 8002 },
      ],
    })
    expect(
      await reach(net.a, [
        { host: B.ipv4, port: 8001 },
        { host: B.ipv6, port: 8001 },
        blocked({ host: B.ipv4, port: 8002 }),
        blocked({ host: B.ipv6, port: 8002 }),
      ]),
    ).toEqual(['hello', 'hello', 'silence', 'silence'])
  })

  itWith('python3', 'icmp: echo in both families where it is allowed', async () => {
    await onB({ allow: [{ direction: 'in', protocol: 'icmp' }] })
    expect(await pings(net.a, { id: 1, patience: 20_000 })).toEqual(['reply', 'reply'])
    await onB({ allow: [{ direction: 'in', protocol: 'udp' }] })
    expect(await pings(net.a, { id: 2, patience: SHORT })).toEqual(['silence', 'silence'])
  })

  test('a connection that has begun goes on under a policy that would not let it begin', async () => {
    await onB({ allow: [{ direction: 'in', port: 8001 }] })
    const script = `require('node:net').createServer((socket) => socket.pipe(socket)).listen(8001, () => console.log('up'))`
    await using echo = spawn(process.execPath, ['-e', script], {
      join: net.b,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(echo.stdout!, 'data')
    const client = `const socket = require('node:net').connect(8001, '${B.ipv4}')
      process.stdin.pipe(socket).pipe(process.stdout)`
    await using child = spawn(process.execPath, ['-e', client], {
      join: net.a,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const answer = async (text: string) => {
      child.stdin!.write(text)
      return String((await once(child.stdout!, 'data'))[0])
    }
    expect(await answer('one')).toBe('one')
    await onB({})
    expect(await answer('two')).toBe('two')
  })
})

describeWith(['admin', 'nft'], 'applyFirewall as root', () => {
  test('in a namespace that its own user namespace owns', async () => {
    const net = await connected(bareSandboxes)
    await using _set = net.set
    await applyFirewall(net.nets[1], { allow: [{ direction: 'in', protocol: 'tcp', port: 8001 }] })
    await using _server = await serve(net.b, [8001, 8002])
    const attempts = [{ host: B.ipv4, port: 8001 }, blocked({ host: B.ipv4, port: 8002 })]
    expect(await reach(net.a, attempts)).toEqual(['hello', 'silence'])
  })
})

/** An echo request by each family: Node has no raw sockets. A second of the same id would belong to the first. */
async function pings(
  join: readonly Namespace[],
  { id, patience }: { id: number; patience: number },
): Promise<string[]> {
  const script = `
import socket, struct, sys
def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff
for family, protocol, request, reply, host in (
    (socket.AF_INET, socket.IPPROTO_ICMP, 8, 0, '${B.ipv4}'),
    (socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, 129, '${B.ipv6}')):
    s = socket.socket(family, socket.SOCK_RAW, protocol)
    packet = struct.pack('!BBHHH', request, 0, 0, ${id}, 1)
    # The kernel does it for IPv6.
    packet = struct.pack('!BBHHH', request, 0, checksum(packet), ${id}, 1)
    s.sendto(packet, (host, 0))
    s.settimeout(float(sys.argv[1]))
    try:
        while True:
            data = s.recv(2048)
            if data[20 if family == socket.AF_INET else 0] == reply:
                print('reply')
                break
    except TimeoutError:
        print('silence')
`
  const { stdout } = await execFile('python3', ['-c', script, String(patience / 1000)], { join })
  return stdout.trim().split('\n')
}
