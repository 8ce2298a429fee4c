/** The program nft: where it is, and what it says. */

import { accessSync, constants as fsConstants } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { SetupError } from '../errors/setup-error.js'
import type { Namespace } from '../namespaces/namespace.js'
import { type ExecFileError, execFile } from '../spawn/exec-file.js'
import { withMissingRight } from './rights.js'

const STEP = 'apply-firewall'
/** What an ordinary user's PATH leaves out. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin']

/** For '-', nft opens /dev/stdin by its name: that works with a pipe, and gives ENXIO with a socket, as stdio is here. */
const THROUGH_A_PIPE = 'cat | "$0" -j -f -'

/** Feeds `ruleset` to nft, in the namespaces `join`. `target` names the one that it is for. */
export async function runNft(ruleset: string, join: readonly Namespace[], target: string): Promise<void> {
  const nft = findNft(process.env.PATH)
  // C: its words are read below.
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
  try {
    await execFile('/bin/sh', ['-c', THROUGH_A_PIPE, nft], {
      join,
      env,
      cwd: '/',
      input: ruleset,
      // Named, it outlives the exec where the joined user namespace does not make this process its root.
      capabilities: ['CAP_NET_ADMIN'],
    })
  } catch (error) {
    if (SetupError.is(error)) throw withMissingRight(error)
    throw refusal(error as ExecFileError, target)
  }
}

/** The first that can be executed. Not in the working directory: what is found there could be anyone's. */
export function findNft(path: string | undefined): string {
  const folders = [...(path ?? '').split(':').filter((each) => each.startsWith('/')), ...SYSTEM_FOLDERS]
  const found = folders.map((folder) => `${folder}/nft`).find(isExecutable)
  if (found !== undefined) return found
  throw new SetupError({
    step: STEP,
    errno: osConstants.errno.ENOENT,
    syscall: 'spawn nft',
    target: 'nft',
    hint: `nft is not installed: it is in the package nftables (looked for in ${folders.join(', ')})`,
  })
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, fsConstants.X_OK)
    return true
  } catch {
    return false
  }
}

/** strerror(3)'s words, which nft ends its own with. */
const WORDS: ReadonlyArray<readonly [words: string, errno: number, hint: string]> = [
  [
    'Operation not permitted',
    osConstants.errno.EPERM,
    'CAP_NET_ADMIN is missing in the user namespace that owns the network namespace, or another program owns the table',
  ],
  [
    // SO_SNDBUFFORCE is refused there, and a transaction is one message.
    'Message too long',
    osConstants.errno.EMSGSIZE,
    'Outside of the initial user namespace nft sends at most net.core.wmem_default bytes at once, some 350 rules: say more with networks',
  ],
  [
    'Operation not supported',
    osConstants.errno.EOPNOTSUPP,
    'This kernel lacks a part of nf_tables: the modules nf_tables, nf_conntrack and nft_ct are needed',
  ],
  [
    'Protocol not supported',
    osConstants.errno.EPROTONOSUPPORT,
    'This kernel has no nf_tables: modprobe nf_tables',
  ],
]

function refusal({ code, signal, stderr }: ExecFileError, target: string): SetupError {
  const said = stderr.trim()
  const [, errno, hint] = WORDS.find(([words]) => said.includes(words)) ?? []
  const ended = said === '' ? `nft ended with ${signal ?? code}` : said
  const common = { step: STEP, syscall: 'nft', target, hint } as const
  if (errno !== undefined) return new SetupError({ ...common, errno, detail: ended })
  const message = `${STEP} ${target}: ${ended}`
  return new SetupError({ ...common, errno: 0, code: 'ERR_NSKIT_FIREWALL', message })
}
