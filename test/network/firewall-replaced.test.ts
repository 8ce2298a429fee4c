import { once } from 'node:events'
import { applyFirewall, execFile, type FirewallPolicy, spawn } from '../../lib/index'
import { describeWith, itWith } from '../support/needs'
import { until } from '../support/wait'
import { B, blocked, type Connected, connected, NFT_PATH, rulesIn } from './connected'
import { bareSandboxes, sandboxes } from './sandboxes'
import { reach, serve } from './traffic'

describeWith(['userns', 'nft'], 'a policy that takes the place of another', () => {
  let net: Connected
  beforeAll(async () => {
    net = await connected(sandboxes)
  })
  afterAll(() => net.set[Symbol.asyncDispose]())

  const onB = (policy: FirewallPolicy) => applyFirewall(net.nets[1], policy)

  test('the first is gone; other tables stay', async () => {
    await execFile('nft', ['add table inet other'], { join: net.b, env: NFT_PATH })
    const port = (number: number): FirewallPolicy => ({ allow: [{ direction: 'in', port: number }] })
    await onB(port(8001))
    const first = await rulesIn(net.b)
    await onB(port(8001))
    expect(await rulesIn(net.b)).toBe(first)
    await onB(port(8002))
    expect(await rulesIn(net.b)).toBe(first.replaceAll('8001', '8002'))
    expect(first).toContain('table inet other')
    await using _server = await serve(net.b, [8001, 8002])
    expect(await reach(net.a, [blocked({ host: B.ipv4, port: 8001 }), { host: B.ipv4, port: 8002 }])).toEqual(
      ['silence', 'hello'],
    )
  })

  test('at no moment does anything pass that neither allows', async () => {
    await using _server = await serve(net.b, [8002])
    await onB({})
    const script = `const socket = require('node:dgram').createSocket('udp4')
      socket.on('message', () => console.log('answer'))
      const ask = () => socket.send('?', 8002, '${B.ipv4}', () => console.error('asked'))
      // Many: the moment is one of microseconds.
      setInterval(() => Array.from({ length: 20 }).forEach(ask), 1)`
    await using asking = spawn(process.execPath, ['-e', script], {
      join: net.a,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let answers = ''
    asking.stdout!.on('data', (text) => {
      answers += text
    })
    asking.stderr!.resume()
    await once(asking.stderr!, 'data')
    for (let turn = 0; turn < 60; turn++) {
      await onB(turn % 2 === 0 ? { allow: [{ direction: 'in', port: 8001 }] } : {})
    }
    expect(answers).toBe('')
    await onB({ allow: [{ direction: 'in', port: 8002 }] })
    await until(() => answers !== '', 'an answer, once it is allowed')
  })

  test('concurrent policies: one of them is in force, whole', async () => {
    const policies = [8001, 8002, 8003, 8004].map((port) => ({ allow: [{ direction: 'in', port } as const] }))
    await Promise.all(policies.map((policy) => onB(policy)))
    const allowed = (await rulesIn(net.b)).match(/dport \d+/g)
    expect(allowed).toHaveLength(1)
  })

  test('a long policy', async () => {
    await onB(longPolicy(300))
    expect((await rulesIn(net.b)).match(/dport 8001/g)).toHaveLength(300)
  })

  itWith(
    'ordinary',
    'more than the kernel takes from an ordinary user at once: the rules are as before',
    async () => {
      await onB({ allow: [{ direction: 'in', port: 8002 }] })
      const before = await rulesIn(net.b)
      await expect(onB(longPolicy(3000))).rejects.toMatchObject({
        step: 'apply-firewall',
        code: 'EMSGSIZE',
        hint: expect.stringContaining('net.core.wmem_default'),
      })
      expect(await rulesIn(net.b)).toBe(before)
    },
  )

  itWith('root', 'a policy of 3,000 rules', async () => {
    await using set = await bareSandboxes(1)
    await applyFirewall(set.nets[0]!, longPolicy(3000))
    expect((await rulesIn(set.joins[0]!)).match(/dport 8001/g)).toHaveLength(3000)
  })
})

function longPolicy(rules: number): FirewallPolicy {
  return {
    allow: Array.from({ length: rules }, (_, index) => ({
      direction: 'in',
      protocol: 'tcp',
      from: `10.${index >> 8}.${index & 255}.0/24`,
      port: 8001,
    })),
  }
}
