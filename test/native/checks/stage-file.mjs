// What the stage's file is: small, static, self-contained, nothing in it both writable and executable.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { stageArguments } from '../build.mjs'
import { BUILT } from './stage.mjs'

// It is embedded in the addon, and its pages are what each start reads.
const MOST_BYTES = 24 * 1024

export const stageFile = {
  name: "stage, the file's facts",
  async run(check, folder) {
    const facts = await checkImage(check, BUILT)
    const byClang = join(folder, 'clang-stage')
    await check.exec(check.tool('clang++'), [
      '-Wno-unused-command-line-argument',
      ...stageArguments('x64', byClang),
    ])
    return `${facts}; by clang ${await checkImage(check, byClang)}`
  },
}

export async function checkImage(check, file) {
  const readelf = (option) => check.exec(check.tool('readelf'), ['--wide', option, file])
  const [header, segments, symbols] = [
    await readelf('--file-header'),
    await readelf('--segments'),
    await readelf('--symbols'),
  ]
  const { size } = statSync(file)
  const flags = [...segments.matchAll(/^ {2}(\w+) +0x.*? 0x\w+ 0x\w+ ([R ][W ][E ]) 0x/gm)]
  const stack = flags.find(([, type]) => type === 'GNU_STACK')
  const faults = [
    size > MOST_BYTES && `${size} bytes, more than ${MOST_BYTES}`,
    !/Type:\s+EXEC/.test(header) && 'not at a fixed address',
    /INTERP|DYNAMIC/.test(segments) && 'not static',
    / UND \S/.test(symbols) && 'undefined symbols',
    !flags.some(([, type]) => type === 'LOAD') && 'no segment was read',
    flags.some(([, , mode]) => mode.includes('W') && mode.includes('E')) && 'writable and executable',
    (stack === undefined || stack[2].includes('E')) && 'an executable stack',
  ].filter(Boolean)
  if (faults.length > 0) throw new Error(`${file}: ${faults.join(', ')}\n${segments}`)
  return `${size} bytes`
}
