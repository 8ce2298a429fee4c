/** Options that are mounts, in the order in which they stand. */

import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { BindMount, KernelMount, Mount } from '../../spawn/mount.js'
import type { OptionTable } from '../option.js'
import { modeOf, sizeOf } from './amounts.js'
import { readHost } from './host.js'
import { mapInput } from './namespaces.js'
import { type Shape, Word } from './word.js'

const BIND = `SOURCE[:DEST][,OPTION]...`

export const MOUNT_OPTIONS = {
  bind: {
    elsewhere: ['dev-bind', 'bind-try', 'volume'],
    type: 'string',
    multiple: true,
    value: BIND,
    complete: 'file',
    help: `a file or directory of yours, at the same path or at DEST. Options: noexec, nosuid, nodev, norecursive
      (without what is mounted below), optional (left out where it does not exist), uid-map=MAP and gid-map=MAP (an
      idmapped mount: for root)`,
  },
  'ro-bind': {
    elsewhere: ['ro-bind-try', 'readonly-bind'],
    type: 'string',
    multiple: true,
    value: BIND,
    complete: 'file',
    help: 'the same, read-only',
  },
  tmpfs: {
    type: 'string',
    multiple: true,
    value: 'DEST[,OPTION]...',
    complete: 'directory',
    help: 'an empty file system in memory. Options: size=64M, mode=1777 (octal), ro, noexec',
  },
  proc: {
    elsewhere: ['mount-proc'],
    type: 'string',
    multiple: true,
    value: 'DEST[,ro]',
    help: 'a fresh proc; needs --unshare pid',
  },
  dev: { type: 'string', multiple: true, value: 'DEST', help: 'a minimal /dev, with a pts of its own' },
  sysfs: { type: 'string', multiple: true, value: 'DEST[,ro]', help: 'needs --unshare net' },
  mqueue: { type: 'string', multiple: true, value: 'DEST[,ro]', help: 'needs --unshare ipc' },
  devpts: { type: 'string', multiple: true, value: 'DEST[,ro]', help: 'pseudo-terminals, a new instance' },
  cgroup2: { type: 'string', multiple: true, value: 'DEST[,ro]', help: 'needs --unshare cgroup' },
  overlay: {
    type: 'string',
    multiple: true,
    value: 'DEST,lower=DIR[,...]',
    help: `layers: lower=DIR, the uppermost first, as often as needed; upper=DIR and work=DIR where it shall be writable`,
  },
  symlink: { type: 'string', multiple: true, value: 'TARGET:DEST', help: 'a symbolic link to TARGET' },
  file: {
    type: 'string',
    multiple: true,
    value: 'SOURCE:DEST[,mode=MODE]',
    complete: 'file',
    help: `a file with what nskit reads from SOURCE, /dev/stdin for example; mode octal (0644)`,
  },
} as const satisfies OptionTable

type MountOption = keyof typeof MOUNT_OPTIONS

export function isMountOption(name: string): name is MountOption {
  return Object.hasOwn(MOUNT_OPTIONS, name)
}

/** A mount, and how it was given. */
export interface GivenMount {
  readonly mount: Mount
  readonly called: string
}

/** undefined: an optional one of what does not exist. */
type Make = (word: Word, flag: string) => Mount | undefined

interface Row {
  readonly shape: Shape
  readonly make: Make
}

const BIND_SHAPE: Shape = {
  fields: ['SOURCE', 'DEST?'],
  flags: ['noexec', 'nosuid', 'nodev', 'norecursive', 'optional'],
  values: ['uid-map', 'gid-map'],
}

const ROWS: { readonly [Name in MountOption]: Row } = {
  bind: { shape: BIND_SHAPE, make: (word, flag) => bind(word, flag, false) },
  'ro-bind': { shape: BIND_SHAPE, make: (word, flag) => bind(word, flag, true) },
  tmpfs: {
    shape: { fields: ['DEST'], flags: ['ro', 'noexec'], values: ['size', 'mode'] },
    make: (word) => {
      const size = word.value('size', sizeOf)
      const mode = word.value('mode', modeOf)
      return {
        type: 'tmpfs',
        destination: word.fields[0]!,
        readonly: word.has('ro'),
        noexec: word.has('noexec'),
        ...(size === undefined ? {} : { size }),
        ...(mode === undefined ? {} : { mode }),
      }
    },
  },
  proc: ofKernel('proc'),
  dev: {
    shape: { fields: ['DEST'] },
    make: ({ fields }) => ({ type: 'dev', destination: fields[0]! }),
  },
  sysfs: ofKernel('sysfs'),
  mqueue: ofKernel('mqueue'),
  devpts: ofKernel('devpts'),
  cgroup2: ofKernel('cgroup2'),
  overlay: {
    shape: { fields: ['DEST'], values: ['lower', 'upper', 'work'] },
    make: (word) => {
      const asItIs = (_: string, value: string) => value
      const upper = word.value('upper', asItIs)
      const work = word.value('work', asItIs)
      return {
        type: 'overlay',
        destination: word.fields[0]!,
        lower: word.all('lower') ?? [],
        ...(upper === undefined ? {} : { upper }),
        ...(work === undefined ? {} : { work }),
      }
    },
  },
  symlink: {
    shape: { fields: ['TARGET', 'DEST'] },
    make: ({ fields }) => ({ type: 'symlink', target: fields[0]!, destination: fields[1]! }),
  },
  file: {
    shape: { fields: ['SOURCE', 'DEST'], values: ['mode'] },
    make: (word, flag) => {
      const [source, destination] = word.fields
      const mode = word.value('mode', modeOf)
      const content = readHost(flag, source!)
      return { type: 'file', destination: destination!, content, ...(mode === undefined ? {} : { mode }) }
    },
  },
}

export function mountOf(name: MountOption, text: string): Mount | undefined {
  const { shape, make } = ROWS[name]
  const flag = `--${name}`
  return make(new Word(flag, text, shape), flag)
}

function ofKernel(type: KernelMount['type']): Row {
  return {
    shape: { fields: ['DEST'], flags: ['ro'] },
    make: (word) => ({ type, destination: word.fields[0]!, readonly: word.has('ro') }),
  }
}

function bind(word: Word, flag: string, readonly: boolean): BindMount | undefined {
  const [source = '', destination = resolve(source)] = word.fields
  if (word.has('optional') && isAbsent(source)) return undefined
  const [uid, gid] = [word.all('uid-map'), word.all('gid-map')]
  if ((uid === undefined) !== (gid === undefined)) throw word.error('uid-map and gid-map require each other')
  return {
    type: 'bind',
    source,
    destination,
    readonly,
    recursive: !word.has('norecursive'),
    noexec: word.has('noexec'),
    nosuid: word.has('nosuid'),
    nodev: word.has('nodev'),
    ...(uid === undefined || gid === undefined
      ? {}
      : { idMap: { uid: mapInput(`${flag} uid-map`, uid), gid: mapInput(`${flag} gid-map`, gid) } }),
  }
}

/** Also a link that leads nowhere. What may not be looked at is left to fail when it is mounted. */
function isAbsent(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR'
  }
}
