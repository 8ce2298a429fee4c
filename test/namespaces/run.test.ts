import { closeSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { Script } from 'node:vm'
import { createNamespaces, Namespace } from '../../lib/index'
import { sethostname } from '../../lib/raw'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith, itWith } from '../support/needs'
import { inode } from './children'

describeWith('root', 'run', () => {
  test('is inside while it runs, and outside afterwards', async () => {
    await using set = await createNamespaces(['uts', 'net', 'ipc', 'cgroup'], {})
    for (const [type, namespace] of set.namespaces) {
      const seen = namespace.run(() => {
        using here = Namespace.of('self', type)
        return here.isSame(namespace)
      })
      expect(seen).toBe(true)
      using after = Namespace.of('self', type)
      expect(after.isSame(namespace)).toBe(false)
    }
  })

  test('shows what is inside: the host name, the interfaces', async () => {
    await using set = await createNamespaces(['uts', 'net'], { hostname: 'inside' })
    const outside = hostname()
    expect(set.namespaces.get('uts')!.run(hostname)).toBe('inside')
    expect(set.namespaces.get('net')!.run(() => Object.keys(networkInterfaces()))).toEqual(['lo'])
    expect(hostname()).toBe(outside)
  })

  test('nests', async () => {
    await using one = await createNamespaces(['uts'], { hostname: 'one' })
    await using two = await createNamespaces(['uts'], { hostname: 'two' })
    const outer = one.namespaces.get('uts')!
    const inner = two.namespaces.get('uts')!
    expect(outer.run(() => [hostname(), inner.run(hostname), hostname()])).toEqual(['one', 'two', 'one'])
  })

  test('comes back from an exception, and passes it on', async () => {
    await using set = await createNamespaces(['uts'], { hostname: 'inside' })
    const outside = hostname()
    const reason = new Error('on purpose')
    const fail = () => {
      sethostname('changed')
      throw reason
    }
    expect(() => set.namespaces.get('uts')!.run(fail)).toThrow(reason)
    expect(hostname()).toBe(outside)
    expect(set.namespaces.get('uts')!.run(hostname)).toBe('changed')
  })

  test('comes back from a termination, at which no finally block runs', async () => {
    await using set = await createNamespaces(['uts', 'net'])
    const [uts, net] = [set.namespaces.get('uts')!, set.namespaces.get('net')!]
    const endless = new Script('uts.run(() => net.run(() => { for (;;); }))')
    expect(() => endless.runInNewContext({ uts, net }, { timeout: 50 })).toThrow(
      expect.objectContaining({ code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' }),
    )
    for (const namespace of [uts, net]) {
      using here = Namespace.of('self', namespace.type)
      expect(here.isSame(namespace)).toBe(false)
    }
  })

  test('comes back from a full stack, with every descriptor closed', async () => {
    await using set = await createNamespaces(['uts'])
    const uts = set.namespaces.get('uts')!
    const deeper = (): unknown => uts.run(deeper)
    await expectNothingLeft(() => expect(deeper).toThrow(), ['descriptors'])
    using here = Namespace.of('self', 'uts')
    expect(here.isSame(uts)).toBe(false)
  })

  test('gives what the function gave, also where that is nothing', async () => {
    await using set = await createNamespaces(['uts'])
    const uts = set.namespaces.get('uts')!
    for (const value of [undefined, null, 0, -1, { a: 1 }]) expect(uts.run(() => value)).toBe(value)
  })

  test('leaves no descriptor', async () => {
    await using set = await createNamespaces(['uts'])
    await expectNothingLeft(() => {
      set.namespaces.get('uts')!.run(() => {})
      expect(() => set.namespaces.get('uts')!.run(() => closeSync(2 ** 20))).toThrow('EBADF')
    }, ['descriptors'])
  })
})

describe('run refuses', () => {
  itWith('nested', 'to go where it could not come back from, and stays', async () => {
    // The tests share the host's uts namespace, which root of a user namespace may leave and not enter.
    await using set = await createNamespaces(['uts'])
    let ran = false
    const run = () => set.namespaces.get('uts')!.run(() => (ran = true))
    expect(run).toThrow(expect.objectContaining({ step: 'join-uts', code: 'EPERM', syscall: 'setns' }))
    expect(run).toThrow(`return to uts:[${inode('self', 'uts')}]`)
    expect(ran).toBe(false)
  })

  test('a type that a thread of Node cannot enter', () => {
    for (const type of ['user', 'mnt', 'pid', 'time'] as const) {
      using namespace = Namespace.of('self', type)
      expect(() => namespace.run(() => {})).toThrow('use spawn with join')
    }
  })

  test('what is no synchronous function', () => {
    using net = Namespace.of('self', 'net')
    expect(() => net.run(async () => {})).toThrow('must be synchronous')
    expect(() => net.run(undefined as never)).toThrow(TypeError)
  })

  itWith('ordinary', 'without the right to: EPERM, and the function does not run', () => {
    using net = Namespace.of('self', 'net')
    let ran = false
    expect(() => net.run(() => (ran = true))).toThrow(
      expect.objectContaining({ code: 'EPERM', syscall: 'setns', step: 'join-net' }),
    )
    expect(ran).toBe(false)
  })
})
