/** Options about what the command may do and use up. */

import { sandboxSeccomp } from '../../seccomp/sandbox.js'
import { CAPABILITIES, type CapabilityName } from '../../status/capabilities.js'
import { RLIMITS } from '../../tables/rlimits.js'
import { UsageError } from '../command.js'
import type { OptionTable } from '../option.js'
import { sizeOf } from './amounts.js'
import { readHost } from './host.js'
import { items, last, type Readers } from './reader.js'

export const PRIVILEGE_OPTIONS = {
  capabilities: {
    elsewhere: ['cap-add', 'cap-drop', 'caps', 'keep-caps'],
    type: 'string',
    multiple: true,
    value: 'none|keep|NAMES',
    complete: ['none', 'keep', ...CAPABILITIES],
    list: true,
    help: `none, or exactly these, with commas (CAP_NET_RAW or net_raw), in all five sets; keep (default): as they are`,
  },
  'no-new-privileges': {
    type: 'boolean',
    help: 'no setuid, no file capabilities (prctl(2)). Default with --seccomp, and with --capabilities',
  },
  'allow-new-privileges': { type: 'boolean', help: 'not even then' },
  seccomp: {
    type: 'string',
    value: 'sandbox|FILE',
    complete: 'file',
    help: `a filter of system calls: the one that comes with nskit, or a file, an OCI linux.seccomp object in JSON or a
      compiled program`,
  },
  rlimit: {
    elsewhere: ['ulimit'],
    type: 'string',
    multiple: true,
    value: 'NAME=SOFT[:HARD]',
    complete: Object.keys(RLIMITS).map((name) => `${name.replace('RLIMIT_', '').toLowerCase()}=`),
    help: `a limit of prlimit(1), as nofile=1024:4096 or fsize=64M or core=unlimited; one number is for both`,
  },
  cgroup: {
    type: 'string',
    value: 'DIR',
    complete: 'directory',
    help: 'a directory of a cgroup v2 hierarchy to start in',
  },
  'session-keyring': { type: 'boolean', help: 'a session keyring of its own: your keys stay yours' },
  'audit-session': {
    type: 'boolean',
    help: 'an audit session of its own, by which audit records are told apart',
  },
} as const satisfies OptionTable

export const PRIVILEGE_READERS: Readers<typeof PRIVILEGE_OPTIONS> = {
  capabilities: (draft, values) => {
    const words = items(values)
    const [word] = words
    draft.capabilities =
      words.length === 1 && (word === 'none' || word === 'keep') ? word : words.map(capabilityName)
  },
  'no-new-privileges': (draft) => {
    draft.noNewPrivileges = true
  },
  'allow-new-privileges': (draft) => {
    draft.noNewPrivileges = false
  },
  seccomp: (draft, values, flag) => {
    const word = last(values)
    draft.seccomp = word === 'sandbox' ? sandboxSeccomp() : filterOf(flag, word)
  },
  rlimit: (draft, values, flag) => {
    draft.rlimits = Object.fromEntries(values.map((value) => limitOf(flag, value)))
  },
  cgroup: (draft, values) => {
    draft.cgroup = last(values)
  },
  'session-keyring': (draft) => {
    draft.sessionKeyring = 'new'
  },
  'audit-session': (draft) => {
    draft.auditSession = true
  },
}

/** As capabilities(7) has them, and as capsh(1) and bwrap take them: upper case or lower, the prefix or not. */
function capabilityName(word: string): CapabilityName {
  const name = word.toUpperCase()
  return `CAP_${name.replace(/^CAP_/, '')}`
}

function limitOf(flag: string, text: string): [name: string, limit: { soft: number; hard: number }] {
  const [, name, soft, hard = soft] = /^([A-Za-z_]+)=([^:]+)(?::([^:]+))?$/.exec(text) ?? []
  if (name === undefined || soft === undefined || hard === undefined) {
    throw new UsageError(`${flag}: '${text}' is not NAME=SOFT[:HARD]`)
  }
  const amount = (word: string) =>
    word === 'unlimited' ? Number.POSITIVE_INFINITY : sizeOf(`${flag} ${name}`, word)
  return [name, { soft: amount(soft), hard: amount(hard) }]
}

/** JSON or the bytes of a program: no instruction that the kernel takes begins with a brace. */
function filterOf(flag: string, path: string): object {
  const bytes = readHost(flag, path)
  const text = bytes.toString().trimStart()
  if (!text.startsWith('{')) return bytes
  try {
    const config = JSON.parse(text) as { linux?: { seccomp?: object } }
    return config.linux?.seccomp ?? config
  } catch (error) {
    throw new UsageError(`${flag}: ${path}: ${(error as Error).message}`)
  }
}
