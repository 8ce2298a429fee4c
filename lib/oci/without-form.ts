/** Options that a configuration cannot say, or that a runtime would do otherwise whatever it says. */

import type { Source } from './source.js'

/**
 * Left out without a word are only those about the caller's handle on the process: stdio, signal, timeout, killSignal,
 * detached, dieWithParent; and `init`, in whose place a runtime has the command itself.
 */
export function refuseWithoutForm({ call, settings, refusals }: Source): void {
  const { options } = call
  const { command, namespaces, privileges, process: handle } = settings
  if (command.argv[0] !== command.file) {
    refusals.add('argv0', 'a runtime looks for the program by args[0], which the program gets as well')
  }
  if (handle.fds.length > 0) {
    refusals.add('fds', 'descriptors are passed by who starts the runtime: runc run --preserve-fds')
  }
  for (const name of ['hostname', 'domainname'] as const) {
    if (namespaces[name] === '') refusals.add(name, 'is empty, which a runtime takes for absent')
  }
  if (options.setgroups === 'deny') {
    refusals.add('setgroups', "'deny' has no OCI form: a runtime with privilege allows it")
  }
  if (namespaces.unshare.has('net') && !namespaces.loopback) {
    refusals.add('loopback', 'runtimes bring up lo in a new network namespace')
  }
  if (privileges.auditSession) {
    refusals.add('auditSession', 'a loginuid is set by who starts the runtime')
  }
}
