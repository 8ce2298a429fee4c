/** Options about what the command sees as /, beside the mounts themselves. */

import type { OptionTable } from '../option.js'
import { last, type Readers } from './reader.js'

export const VIEW_OPTIONS = {
  root: {
    type: 'string',
    value: 'host|empty|DIR',
    complete: 'directory',
    help: `what the command sees as /: what you see (default), a tmpfs with the mounts below alone, or DIR, with a / in
      its name`,
  },
  'root-readonly': {
    elsewhere: ['readonly', 'read-only', 'remount-ro'],
    type: 'boolean',
    help: 'all that is mounted in it; the mounts below are as they say',
  },
} as const satisfies OptionTable

export const PATH_OPTIONS = {
  'no-proc': { type: 'boolean', help: 'no fresh /proc, as --unshare pid,mnt brings by default' },
  'host-proc': { type: 'boolean', help: 'your /proc, where a fresh one is refused' },
  mask: {
    type: 'string',
    multiple: true,
    value: 'PATH',
    help: 'a file becomes empty, a directory empty and read-only; passed over where it is absent',
  },
  'readonly-path': {
    type: 'string',
    multiple: true,
    value: 'PATH',
    help: 'read-only, with what is mounted below',
  },
} as const satisfies OptionTable

export const FILE_READERS: Readers<typeof VIEW_OPTIONS & typeof PATH_OPTIONS> = {
  root: (draft, values) => {
    draft.root = last(values)
  },
  'root-readonly': (draft) => {
    draft.rootReadonly = true
  },
  'no-proc': (draft) => {
    draft.proc = false
  },
  'host-proc': (draft) => {
    draft.proc = 'host'
  },
  mask: (draft, values) => {
    draft.maskedPaths = values
  },
  'readonly-path': (draft, values) => {
    draft.readonlyPaths = values
  },
}
