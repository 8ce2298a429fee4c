// jest in one mode, and what it left.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODES } from './modes.mjs'

/** More files than this are not disturbed: they fail. */
const MOST_AGAIN = 3

/**
 * The test files run side by side, on one machine with one list of processes, mounts and audit records. What fails
 * there runs once more, with nothing beside it: that is its answer, and the results name it.
 */
export async function jestInMode(run, mode, args, results) {
  console.log(`\n── jest, ${mode} mode`)
  const place = makePlace(run, mode)
  const jest = ['node_modules/jest/bin/jest.js', '--ci', '--json', `--outputFile=${place.report}`]
  const start = (more) => MODES[mode].start(run, place, [...jest, `--cacheDirectory=${place.cache}`, ...more])
  const status = await start(args)
  readNotes(place, results)
  const first = readReport(place)
  const failed = failedFiles(first)
  if (failed.length === 0 || failed.length > MOST_AGAIN) {
    tell(first, mode, status, results)
  } else {
    console.log(`\n── jest, ${mode} mode, again and alone: ${failed.join(' ')}`)
    writeFileSync(place.report, '')
    const again = await start(['--runInBand', '--runTestsByPath', ...failed])
    tellBoth(first, readReport(place), mode, again, failed, results)
  }
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

function readNotes(place, results) {
  for (const line of readFileSync(place.notes, 'utf8').split('\n').filter(Boolean))
    results.note(JSON.parse(line))
}

function readReport(place) {
  const text = readFileSync(place.report, 'utf8')
  return text === '' ? undefined : JSON.parse(text)
}

/** Below the tree, wherever the mode has that. */
function failedFiles(report) {
  const failed = (report?.testResults ?? []).filter(({ status }) => status === 'failed')
  return failed.map(({ name }) => name.slice(name.indexOf('/test/') + 1))
}

function failuresIn({ numFailedTests, numRuntimeErrorTestSuites }) {
  return numFailedTests + numRuntimeErrorTestSuites
}

function tell(report, mode, status, results) {
  if (report === undefined) return results.fail(`jest ${mode}`, `ended (${status}) without a report`)
  const failed = failuresIn(report)
  results.tests(`jest ${mode}`, report.numPassedTests, failed)
  if (status !== 0 && failed === 0) results.fail(`jest ${mode}`, `ended with ${status}`)
}

function tellBoth(first, second, mode, status, files, results) {
  if (second === undefined) return tell(second, mode, status, results)
  const failed = failuresIn(second)
  // Of the files that ran twice the second answer counts.
  const mended = Math.max(0, failuresIn(first) - failed)
  results.tests(`jest ${mode}`, first.numPassedTests + mended, failed)
  if (mended > 0) results.remark(`jest ${mode}`, `${mended} passed only alone, in ${files.join(', ')}`)
  if (status !== 0 && failed === 0) results.fail(`jest ${mode}`, `ended with ${status}`)
}

function filesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => `file ${join(folder, name)}`) : []
}
