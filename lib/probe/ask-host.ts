/** The facts of this host, with the answers that only a system call gives. */

import { errnoCode } from '../errors/errno.js'
import { native } from '../native/binding.js'
import { type HostFacts, known, readFacts } from './facts.js'

/**
 * Asked only once something was denied. libc itself makes threads by clone3(2): a filter that killed for it
 * would not have let this process come so far.
 */
export function askHost(): HostFacts {
  if (process.platform !== 'linux') return readFacts()
  const code = errnoCode(0 - native().clone3WithoutArguments())
  return readFacts({ clone3: known('clone3(2) with a size of 0', code, code) })
}
