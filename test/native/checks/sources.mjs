// The C++ sources: format, clang-tidy, and no warning of either compiler.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TREE } from '../../support/checks.mjs'
import { addonArguments, addonSources, PROGRAMS, stage, stageSources } from '../build.mjs'
import { BUILT } from './stage.mjs'

export const formatted = {
  name: 'sources, clang-format',
  async run(check) {
    const folders = [join(TREE, 'native'), PROGRAMS]
    const files = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true })
        .filter((name) => /\.(cpp|h)$/.test(name))
        .map((name) => join(folder, name)),
    )
    await check.exec(check.tool('clang-format'), ['--dry-run', '--Werror', ...files])
    return `${files.length} files`
  },
}

export const tidyAddon = {
  name: 'addon, clang-tidy',
  async run(check) {
    const { units, flags } = await addonUnits(check)
    const config = `--config-file=${join(TREE, '.clang-tidy')}`
    // Without the analyzer: it follows calls into node-addon-api's inline functions, for minutes.
    const options = ['--quiet', config, '--checks=-clang-analyzer-*']
    for (const unit of units) await check.exec(check.tool('clang-tidy'), [...options, unit, '--', ...flags])
    return `${addonSources.length} files`
  },
}

export const tidyStage = {
  name: 'stage, clang-tidy',
  async run(check) {
    await check.exec(check.tool('clang-tidy'), ['--quiet', ...stageSources(), '--', ...stage.cflags_cc])
    return `${stageSources().length} files`
  },
}

export const warnings = {
  name: 'addon, no warnings of g++ and clang++',
  async run(check) {
    const { units, flags } = await addonUnits(check)
    for (const compiler of ['g++', 'clang++']) {
      for (const unit of units) {
        await check.exec(check.tool(compiler), [...flags, '-Werror', '-fsyntax-only', unit])
      }
    }
    return `${addonSources.length} files`
  },
}

/**
 * What to compile of the addon: one file that holds all of its sources, as each would read the same large headers
 * again, and by itself what cannot stand beside another (two may use one name in their unnamed namespaces).
 */
function addonUnits(check) {
  return check.shared('units', async (folder) => {
    await check.exec(process.execPath, ['native/stage/embed.mjs', BUILT, join(folder, 'stage_image.h')])
    const flags = [...addonArguments(folder), '-iquote', join(TREE, 'native/addon')]
    const unit = join(folder, 'addon.cpp')
    concatenate(unit, addonSources)
    const { output } = await check.run(check.tool('clang++'), [
      ...flags,
      '-fsyntax-only',
      '-ferror-limit=0',
      unit,
    ])
    const alone = addonSources.filter((source) => output.includes(`${source}:`))
    concatenate(
      unit,
      addonSources.filter((source) => !alone.includes(source)),
    )
    return { units: [unit, ...alone], flags }
  })
}

/** Not by #include: what is unused in an included file is not warned of. */
function concatenate(unit, sources) {
  writeFileSync(unit, sources.map((path) => `#line 1 "${path}"\n${readFileSync(path, 'utf8')}`).join(''))
}
