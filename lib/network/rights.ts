/** Where the power over network namespaces comes from. */

import { SetupError } from '../errors/setup-error.js'
import { Namespace } from '../namespaces/namespace.js'
import { readStatus } from '../status/index.js'

/**
 * The user namespace to join for acting on all of `namespaces`, the caller's to close; undefined: none.
 *
 * A caller with the capabilities has them in all namespaces below its own. Without, they come with joining a user
 * namespace of its own making (user_namespaces(7)), and reach what that one and those below it own: so it is the
 * nearest that the owners have in common. Where there is none, the kernel's refusal is the answer.
 */
export function userNamespaceOver(namespaces: readonly Namespace[]): Namespace | undefined {
  if (namespaces.length === 0 || mayAdminister()) return undefined
  const lines = namespaces.map(ownersOf)
  const [first = [], ...others] = lines
  const common = first.find((one) => others.every((line) => line.some((each) => each.isSame(one))))
  for (const each of lines.flat()) if (each !== common) each.close()
  return common
}

function mayAdminister(): boolean {
  const { effective } = readStatus('self').capabilities
  return effective.has('CAP_SYS_ADMIN') && effective.has('CAP_NET_ADMIN')
}

/** The owner and its ancestors, up to the caller's own user namespace and without it; none where that is not on the way. */
function ownersOf(namespace: Namespace): Namespace[] {
  using own = Namespace.of('self', 'user')
  const line: Namespace[] = []
  try {
    let next = namespace.owner()
    while (!next.isSame(own)) {
      line.push(next)
      next = next.parent()
    }
    next.close()
    return line
  } catch (error) {
    for (const each of line) each.close()
    // Out of sight: not the caller's, nor of one below it.
    if (SetupError.is(error) && error.code === 'EPERM') return []
    throw error
  }
}

/** A refusal to enter, with what is missing. */
export function withMissingRight(error: SetupError): SetupError {
  if (error.step !== 'join-net' || error.code !== 'EPERM') return error
  const { step, errno, syscall, target } = error
  return new SetupError({
    step,
    errno: -errno,
    syscall,
    target,
    hint: 'CAP_SYS_ADMIN is missing in the user namespace that owns it: without privilege, all ends must be in namespaces that one own user namespace owns',
  })
}
