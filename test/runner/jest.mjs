// jest in one mode, and what it left.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODES } from './modes.mjs'

export async function jestInMode(run, mode, args, results) {
  console.log(`\n── jest, ${mode} mode`)
  const place = makePlace(run, mode)
  const jest = ['node_modules/jest/bin/jest.js', '--ci', '--json', `--outputFile=${place.report}`]
  const status = await MODES[mode].start(run, place, [...jest, `--cacheDirectory=${place.cache}`, ...args])
  readReport(place, mode, status, results)
  const strays = [...run.endStrays(), ...filesIn(place.tmp)]
  if (strays.length > 0) results.fail(`${mode}: left behind`, strays.join('\n'))
}

/** The folders of a mode. The files are made here, as the mode's user may write only in home, tmp and cache. */
function makePlace(run, mode) {
  const folder = join(run.folder, mode)
  const place = {
    mode,
    folder,
    home: join(folder, 'home'),
    tmp: join(folder, 'tmp'),
    cache: join(folder, 'cache'),
    report: join(folder, 'report.json'),
    notes: join(folder, 'notes.jsonl'),
  }
  for (const each of [folder, place.home, place.tmp, place.cache]) mkdirSync(each)
  place.env = {
    NSKIT_TEST_MODE: mode,
    NSKIT_TEST_NOTES: place.notes,
    TMPDIR: place.tmp,
  }
  for (const file of [place.report, place.notes]) {
    writeFileSync(file, '')
    // Not by writeFileSync's mode, which the umask narrows.
    chmodSync(file, 0o666)
  }
  return place
}

function readReport(place, mode, status, results) {
  for (const line of readFileSync(place.notes, 'utf8').split('\n').filter(Boolean))
    results.note(JSON.parse(line))
  const text = readFileSync(place.report, 'utf8')
  if (text === '') return results.fail(`jest ${mode}`, `ended (${status}) without a report`)
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(text)
  const failed = numFailedTests + numRuntimeErrorTestSuites
  results.tests(`jest ${mode}`, numPassedTests, failed)
  if (status !== 0 && failed === 0) results.fail(`jest ${mode}`, `ended with ${status}`)
}

function filesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => `file ${join(folder, name)}`) : []
}
