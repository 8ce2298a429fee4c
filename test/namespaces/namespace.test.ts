import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNamespaces, Namespace, type NamespacedProcess } from '../../lib/index'
import { NAMESPACE_TYPES } from '../../lib/tables/namespaces'
import { descriptors, expectNothingLeft } from '../support/leftovers'
import { describeWith, itWith } from '../support/needs'
import { inode, running } from './children'

describe('a handle', () => {
  test.each(NAMESPACE_TYPES)('on the own %s namespace: type, device and inode', (type) => {
    using namespace = Namespace.of('self', type)
    const { dev, ino } = statSync(`/proc/self/ns/${type}`, { bigint: true })
    expect(namespace).toMatchObject({ type, dev, ino })
    using byPid = Namespace.of(process.pid, type)
    using byPath = Namespace.open(`/proc/self/ns/${type}`)
    expect(namespace.isSame(byPid)).toBe(true)
    expect(namespace.isSame(byPath)).toBe(true)
  })

  test('of another type is not the same', () => {
    using net = Namespace.of('self', 'net')
    using uts = Namespace.of('self', 'uts')
    expect(net.isSame(uts)).toBe(false)
  })

  test("from a descriptor is a handle of its own: the caller's stays open", () => {
    const fd = openSync('/proc/self/ns/net', 'r')
    try {
      const namespace = Namespace.fromFd(fd)
      expect(namespace.fd).not.toBe(fd)
      expect(namespace.ino).toBe(inode('self', 'net'))
      namespace.close()
    } finally {
      closeSync(fd)
    }
  })

  test('is close-on-exec', () => {
    using namespace = Namespace.of('self', 'net')
    const list = execFileSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' })
    expect(descriptors().join()).toContain(`net:[${namespace.ino}]`)
    expect(list).not.toContain('net:[')
  })

  test('is closed once, and not used after', () => {
    const namespace = Namespace.of('self', 'user')
    const { fd } = namespace
    namespace.close()
    // The number is taken at once: a second close must not hit its new owner.
    const other = openSync('/dev/null', 'r')
    expect(other).toBe(fd)
    namespace.close()
    namespace[Symbol.dispose]()
    closeSync(other)
    const closed = expect.objectContaining({ code: 'ERR_NSKIT_CLOSED' })
    for (const use of [
      () => namespace.fd,
      () => namespace.owner(),
      () => namespace.parent(),
      () => namespace.ownerUid(),
      () => namespace.bindTo('/nowhere'),
    ]) {
      expect(use).toThrow(closed)
    }
    expect(namespace).toMatchObject({ type: 'user', ino: inode('self', 'user') })
  })

  test("that was closed by others is not closed again: the number may be another's by then", () => {
    const namespace = Namespace.of('self', 'user')
    const { fd } = namespace
    closeSync(fd)
    expect(() => namespace.close()).toThrow(expect.objectContaining({ code: 'EBADF' }))
    const other = openSync('/dev/null', 'r')
    expect(other).toBe(fd)
    namespace.close()
    closeSync(other)
  })

  test('a FIFO is refused, and not waited for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nskit-fifo-'))
    try {
      execFileSync('mkfifo', [join(folder, 'fifo')])
      expect(() => Namespace.open(join(folder, 'fifo'))).toThrow(expect.objectContaining({ code: 'ENOTTY' }))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('what is no namespace is refused, and leaves no descriptor', async () => {
    await expectNothingLeft(() => {
      expect(() => Namespace.open('/dev/null')).toThrow(expect.objectContaining({ code: 'ENOTTY' }))
      expect(() => Namespace.open('/proc/self/status')).toThrow(expect.objectContaining({ code: 'ENOTTY' }))
      expect(() => Namespace.open('/no/such/file')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
      expect(() => Namespace.of(2 ** 22, 'net')).toThrow(expect.objectContaining({ code: 'ENOENT' }))
      expect(() => Namespace.fromFd(2 ** 20)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    }, ['descriptors'])
  })

  test('wrong arguments are TypeErrors and RangeErrors', () => {
    expect(() => Namespace.of('self', 'nets' as never)).toThrow(TypeError)
    expect(() => Namespace.of('1' as never, 'net')).toThrow(TypeError)
    expect(() => Namespace.of(0, 'net')).toThrow(RangeError)
    expect(() => Namespace.fromFd(-1)).toThrow(RangeError)
    expect(() => Namespace.open('/proc/self/ns/net\0')).toThrow(TypeError)
    expect(() => new (Namespace as unknown as new () => Namespace)()).toThrow('no public constructor')
  })
})

describeWith('userns', 'relatives', () => {
  let child: NamespacedProcess
  beforeAll(async () => {
    child = await running('cat', [], { unshare: ['user', 'pid', 'net'], init: false })
  })
  afterAll(() => child[Symbol.asyncDispose]())

  test('owner: the user namespace that it was made in', () => {
    using net = child.namespace('net')
    using owner = net.owner()
    expect(owner).toMatchObject({ type: 'user', ino: inode(child.pid, 'user') })
    using outer = owner.owner()
    expect(outer.ino).toBe(inode('self', 'user'))
  })

  test('parent: of user and pid namespaces', () => {
    for (const type of ['user', 'pid'] as const) {
      using namespace = child.namespace(type)
      using parent = namespace.parent()
      expect(parent).toMatchObject({ type, ino: inode('self', type) })
    }
    using net = child.namespace('net')
    expect(() => net.parent()).toThrow(TypeError)
  })

  test('out of sight: EPERM', () => {
    // Whatever is above the own one is not for the caller to see.
    using user = Namespace.of('self', 'user')
    const refusal = expect.objectContaining({ name: 'SetupError', code: 'EPERM', syscall: 'ioctl' })
    expect(() => user.parent()).toThrow(refusal)
    expect(() => user.owner()).toThrow(refusal)
  })

  test("ownerUid: its creator's, in the caller's user namespace", () => {
    using user = child.namespace('user')
    expect(user.ownerUid()).toBe(process.geteuid!())
    using net = child.namespace('net')
    expect(() => net.ownerUid()).toThrow(TypeError)
  })

  test('leave no descriptor', async () => {
    await expectNothingLeft(() => {
      using net = child.namespace('net')
      using owner = net.owner()
      owner.parent().close()
      expect(() => net.parent()).toThrow(TypeError)
    }, ['descriptors'])
  })
})

describe('bindTo', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nskit-bind-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  itWith('admin', 'keeps a namespace at a path, whether a file is there or not', async () => {
    const [fresh, existing] = [join(folder, 'fresh'), join(folder, 'existing')]
    writeFileSync(existing, 'kept')
    await using set = await createNamespaces(['net'])
    const net = set.namespaces.get('net')!
    for (const path of [fresh, existing]) {
      net.bindTo(path)
      expect(statSync(path, { bigint: true }).ino).toBe(net.ino)
      execFileSync('umount', [path])
    }
    expect(statSync(existing).size).toBe(4)
  })

  test('where it is refused, no file is left', () => {
    // A mount namespace in itself would be a loop (EINVAL); without privilege nothing may be mounted (EPERM).
    using mnt = Namespace.of('self', 'mnt')
    const path = join(folder, 'refused')
    expect(() => mnt.bindTo(path)).toThrow(
      expect.objectContaining({
        step: 'bind-namespace',
        code: expect.stringMatching(/EINVAL|EPERM/),
        target: path,
      }),
    )
    expect(existsSync(path)).toBe(false)
    expect(() => mnt.bindTo(join(folder, 'no', 'folder'))).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    )
  })
})
