// How the native parts are built: by the flags and the sources of binding.gyp, which is their one place.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { TREE } from '../support/checks.mjs'

export const PROGRAMS = join(TREE, 'test/native/programs')

export const SANITIZE = ['-g', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all']
export const WARN = ['-std=c++17', '-Wall', '-Wextra', '-Werror']

/** A gyp file is a Python literal; without its comments it is a JavaScript one too. */
function target(name) {
  const text = readFileSync(join(TREE, 'binding.gyp'), 'utf8').replaceAll(/^\s*#.*$/gm, '')
  const { conditions } = runInNewContext(`(${text})`)
  const [, linux] = conditions[0]
  return linux.targets.find((each) => each.target_name === name)
}

export const stage = target('nskit-stage')
export const addon = target('nskit')

const ON_ARM = stage.conditions?.find(([condition]) => condition === 'target_arch=="arm64"')?.[1] ?? {}

/** What makes the stage's program of its sources; `arch` as gyp names it. */
export function stageArguments(arch, output) {
  const extra = arch === 'arm64' ? (ON_ARM.cflags_cc ?? []) : []
  return [...stage.cflags_cc, '-Werror', ...extra, ...stage.ldflags, ...stageSources(), '-o', output]
}

export function stageSources() {
  const folder = join(TREE, 'native/stage')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpp'))
    .map((name) => join(folder, name))
}

export const addonSources = addon.sources.map((name) => join(TREE, name))

/** Node's headers and node-addon-api's are others' code: they are searched as a system's are. */
export function addonArguments(generated) {
  const api = createRequire(join(TREE, 'package.json'))('node-addon-api').include_dir
  return [
    ...addon.cflags_cc.filter((flag) => flag !== '-Werror'),
    // Node's own, as gyp adds them.
    '-fno-exceptions',
    '-fno-rtti',
    '-fPIC',
    ...addon.defines.map((each) => `-D${each}`),
    ...[nodeHeaders(), join(TREE, api)].flatMap((folder) => ['-isystem', folder]),
    `-I${generated}`,
  ]
}

function nodeHeaders() {
  const prefix = process.env.npm_config_nodedir ?? join(process.execPath, '../..')
  return join(prefix, 'include/node')
}

/** One of test/native/programs. */
export async function buildProgram(check, folder, source, flags = [], compiler = 'g++') {
  const output = join(folder, source.replace(/\.cpp$/, ''))
  const sources = [join(PROGRAMS, source)]
  await check.exec(check.tool(compiler), [...WARN, '-D_GNU_SOURCE', ...flags, ...sources, '-o', output])
  return output
}

export function stageDriver(check) {
  return check.shared('driver', (folder) => buildProgram(check, folder, 'stage_driver.cpp', ['-O1']))
}

export function commandProbe(check) {
  return check.shared('probe', (folder) =>
    buildProgram(check, folder, 'command_probe.cpp', ['-O1', '-static']),
  )
}
