import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describeWith } from '../support/needs'
import { DOCUMENTS, pattern, ROOT, type Snippet, snippetsOf } from './snippets'

/** In the package's folder, where 'nskit' is the package itself; the pattern is that of its comments. */
async function run({ code }: Snippet): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { cwd: ROOT })
}

const SNIPPETS = DOCUMENTS.flatMap(snippetsOf)

it('the README has at least five examples', () => {
  expect(snippetsOf('README.md').length).toBeGreaterThanOrEqual(5)
})

it.each(SNIPPETS)('$place says what it prints', ({ promised }) => {
  expect(promised).not.toEqual([])
})

describeWith('userns', 'an example prints what its comments say', () => {
  it.each(SNIPPETS)('$place', async (snippet) => {
    const { stdout, stderr } = await run(snippet)
    expect({ stdout, stderr }).toEqual({
      stdout: expect.stringMatching(pattern(snippet.promised)),
      stderr: '',
    })
  })
})
