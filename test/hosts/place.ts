/** The build and the programs of the rows, copied to where every user, and every guest, can read them. */

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TREE = join(__dirname, '../..')
const NEEDED = [
  'package.json',
  'dist',
  'build/Release/nskit.node',
  'build/Release/nskit-stage',
  'node_modules/node-gyp-build',
  'test/hosts/inside',
  'test/hosts/profiles',
]

export interface Place {
  /** The package's main file. */
  readonly package: string
  readonly main: string
  readonly guestSetup: string
  readonly profiles: string
  /** Installs a seccomp filter: see inside/filter.c. */
  readonly filter: string
  readonly folder: string
  remove(): void
}

export function makePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'nskit-hosts-'))
  for (const name of NEEDED) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    cpSync(join(TREE, name), join(folder, name), { recursive: true })
  }
  const inside = join(folder, 'test/hosts/inside')
  const filter = join(folder, 'filter')
  run('cc', ['-O2', '-o', filter, join(inside, 'filter.c')])
  run('chmod', ['-R', 'u+rwX,go+rX', folder])
  return {
    package: join(folder, 'dist/index.cjs'),
    main: join(inside, 'main.mjs'),
    guestSetup: join(inside, 'guest.sh'),
    profiles: join(folder, 'test/hosts/profiles'),
    filter,
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function run(file: string, args: string[]): void {
  const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file}: ${error?.message ?? stderr}`)
}
