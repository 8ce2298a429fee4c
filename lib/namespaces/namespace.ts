import { closeSync, constants, fstatSync, openSync, rmSync } from 'node:fs'
import { types as utilTypes } from 'node:util'
import { SetupError } from '../errors/setup-error.js'
import { systemError } from '../errors/system-error.js'
import { native } from '../native/binding.js'
import { checkInteger, checkText, invalidValue, typeError } from '../plan/check.js'
import { isNamespaceType, NAMESPACES, type NamespaceType, typesOf } from '../tables/namespaces.js'

/** Those whose setns(2) changes the calling thread alone, so that a thread of Node can go there and come back. */
const ENTERABLE: ReadonlySet<NamespaceType> = new Set<NamespaceType>(['net', 'uts', 'ipc', 'cgroup'])

const KEY = Symbol('Namespace')

/**
 * An open handle on one namespace. Keeps the namespace alive until closed.
 * @see namespaces(7), ioctl_ns(2)
 */
export class Namespace implements Disposable {
  /** As the kernel names it in /proc/PID/ns. */
  readonly type: NamespaceType
  /** Device and inode together are the namespace's identity (namespaces(7)). */
  readonly dev: bigint
  /** The number in `net:[4026531840]`. */
  readonly ino: bigint
  #fd: number

  /** By `open`, `of` and `fromFd`. Takes over `fd`, closing it where it is no namespace. */
  private constructor(key: symbol, fd: number) {
    if (key !== KEY) throw new TypeError('Namespace has no public constructor: use open(), of() or fromFd()')
    this.#fd = fd
    try {
      this.type = typeOf(fd)
      const { dev, ino } = fstatSync(fd, { bigint: true })
      this.dev = dev
      this.ino = ino
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  /**
   * Opens a file of /proc/PID/ns or a bind mount of one.
   * @throws Error as fs.openSync; ENOTTY where the file is no namespace.
   */
  static open(path: string): Namespace {
    native()
    // Not to wait for a FIFO's writer, nor to make a terminal one's own: the path may be anything.
    const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants
    return new Namespace(KEY, openSync(checkText('path', path), O_RDONLY | O_NONBLOCK | O_NOCTTY))
  }

  /**
   * The namespace that a process is in; 'self' is the calling thread. Needs the right to inspect the process
   * (ptrace(2), PTRACE_MODE_READ_FSCREDS): its owner, or CAP_SYS_PTRACE in its user namespace.
   */
  static of(process: number | 'self', type: NamespaceType): Namespace {
    if (!isNamespaceType(type)) throw invalidValue('type', 'a namespace type', type)
    const folder = process === 'self' ? 'thread-self' : checkInteger('process', process, 1, 2 ** 22)
    return Namespace.open(`/proc/${folder}/ns/${type}`)
  }

  /** A handle of its own on what `fd` refers to: `fd` stays the caller's. */
  static fromFd(fd: number): Namespace {
    return Namespace.open(`/proc/self/fd/${checkInteger('fd', fd, 0, 2 ** 31 - 1)}`)
  }

  /** Valid until close(). Close-on-exec; not to be closed by others. */
  get fd(): number {
    if (this.#fd < 0) throw closedError()
    return this.#fd
  }

  /**
   * The user namespace that owns this one (NS_GET_USERNS).
   * @throws SetupError EPERM where it is out of the caller's sight: an ancestor of its own, or beside it.
   */
  owner(): Namespace {
    return this.#related(native().nsGetUserns(this.fd), 'owner')
  }

  /**
   * The parent of a user or pid namespace (NS_GET_PARENT).
   * @throws TypeError for other types; SetupError EPERM at the initial namespace or where it is out of sight.
   */
  parent(): Namespace {
    if (this.type !== 'user' && this.type !== 'pid')
      throw new TypeError(`a ${this.type} namespace has no parent`)
    return this.#related(native().nsGetParent(this.fd), 'parent')
  }

  /** The uid of its creator, as the caller's user namespace shows it; the overflow id (65534) where it has none there. */
  ownerUid(): number {
    if (this.type !== 'user')
      throw new TypeError(`a ${this.type} namespace has no owner uid: ask its owner()`)
    const uid = native().nsGetOwnerUid(this.fd)
    if (uid < 0) throw this.#error(uid, 'owner uid')
    return uid
  }

  /** Whether both are handles on one namespace. */
  isSame(other: Namespace): boolean {
    return this.ino === other.ino && this.dev === other.dev
  }

  /**
   * Runs `fn` with the calling thread inside this namespace, then takes the thread back, also when `fn` throws; calls
   * nest. For 'net', 'uts', 'ipc' and 'cgroup'. Needs CAP_SYS_ADMIN here, in the namespace's owner, and in the owner
   * of the namespace that the thread comes back to: root of a rootless container lacks the last where the container
   * shares that namespace with its host.
   *
   * Synchronous: what the event loop or the thread pool does later runs outside. A socket that `fn` created stays
   * inside.
   */
  run<T>(fn: () => T): T {
    if (typeof fn !== 'function') throw typeError('fn', 'a function', fn)
    if (utilTypes.isAsyncFunction(fn))
      throw new TypeError('fn must be synchronous: after its first await it would run outside')
    if (!ENTERABLE.has(this.type)) {
      throw new TypeError(`a thread of Node cannot enter a ${this.type} namespace: use spawn with join`)
    }
    const { flag } = NAMESPACES[this.type]
    let result!: T
    const refused = native().runInside(this.fd, this.type, flag, () => {
      result = fn()
    })
    if (refused < 0) throw this.#joinError(refused)
    if (refused > 0) {
      using back = Namespace.of('self', this.type)
      throw back.#joinError(-refused, 'and return to ')
    }
    return result
  }

  /**
   * Keeps the namespace as a bind mount at `path`, as `ip netns add` does. The file is made where there is none;
   * umount and unlink let the namespace go. Needs CAP_SYS_ADMIN over the mount namespace.
   */
  bindTo(path: string): void {
    checkText('path', path)
    const source = `/proc/self/fd/${this.fd}`
    const made = touch(path)
    const result = native().bindMount(source, path)
    if (result >= 0) return
    if (made) rmSync(path, { force: true })
    throw new SetupError({ step: 'bind-namespace', errno: -result, syscall: 'mount', target: path })
  }

  /** Lets go of the namespace. A second call does nothing. */
  close(): void {
    if (this.#fd < 0) return
    const fd = this.#fd
    // Before: should the number no longer be open, a second call would close whatever has it next.
    this.#fd = -1
    closeSync(fd)
  }

  /** As close(). */
  [Symbol.dispose](): void {
    this.close()
  }

  #related(fd: number, what: string): Namespace {
    if (fd < 0) throw this.#error(fd, what)
    try {
      // Opened anew: a Worker's fs closes only what it has opened itself, and warns of anything else.
      return Namespace.fromFd(fd)
    } finally {
      native().closeFd(fd)
    }
  }

  #error(result: number, what: string): SetupError {
    const target = `${what} of ${this.#name()}`
    return new SetupError({ step: 'open-namespace', errno: -result, syscall: 'ioctl', target })
  }

  #joinError(result: number, way = ''): SetupError {
    const target = `${way}${this.#name()}`
    const hint =
      'It takes CAP_SYS_ADMIN in the owner of the namespace, and in that of the one to return to; spawn with join only goes there'
    return new SetupError({ step: `join-${this.type}`, errno: -result, syscall: 'setns', target, hint })
  }

  #name(): string {
    return `${this.type}:[${this.ino}]`
  }
}

function typeOf(fd: number): NamespaceType {
  const flag = native().nsGetType(fd)
  if (flag < 0) throw systemError(flag, 'ioctl NS_GET_NSTYPE')
  const [type] = typesOf(flag)
  if (type === undefined) throw new RangeError(`namespace type 0x${flag.toString(16)} is unknown to nskit`)
  return type
}

/** Returns whether the file was made. */
function touch(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx', 0o444))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function closedError(): Error {
  const error: NodeJS.ErrnoException = new Error('the namespace handle is closed')
  error.code = 'ERR_NSKIT_CLOSED'
  return error
}
