import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shell } from '../support/inside'
import { describeWith } from '../support/needs'
import { empty, SANDBOX, tries } from './view'

/** The program that runs the set-up, which goes on as the init, and starts the next command as well (CVE-2019-5736). */

let host: string
beforeEach(() => {
  host = mkdtempSync(join(tmpdir(), 'nskit-image-'))
  writeFileSync(join(host, 'secret'), 'of the host\n')
})
afterEach(() => rmSync(host, { recursive: true }))

/** Who may trace where Node lives gets at the init: nobody in a user namespace of the sandbox's own. */
describeWith('admin', 'what runs the set-up, where the init can be looked at (CVE-2019-5736)', () => {
  const TRACING = { unshare: ['pid', 'mnt'] } as const

  test('is not written to through /proc/PID/exe, by root inside', async () => {
    const script = `
      readlink /proc/1/exe
      (exec 3>> /proc/1/exe) 2>&1 | sed 's/.*: //'
      (exec 3<> /proc/1/exe) 2>&1 | sed 's/.*: //'`
    const [target, ...errors] = (await shell(script, empty([], TRACING))).split('\n')
    expect(target).toMatch(/nskit-stage/)
    for (const error of errors)
      expect(error).toMatch(/Text file busy|Permission denied|Operation not permitted/)
    expect(errors).toHaveLength(2)
  })

  test('its image is sealed: also one who has it open when it no longer runs cannot write', async () => {
    // Opens it for reading, which is allowed, and tries to get it for writing by that.
    const script = `exec 3< /proc/1/exe; (echo x > /proc/self/fd/3) 2>&1 | sed 's/.*: //'`
    expect(await shell(script, empty([], TRACING))).toMatch(
      /Text file busy|Permission denied|Operation not permitted/,
    )
  })
})

describeWith('userns', 'what runs the set-up (CVE-2019-5736)', () => {
  test('is out of reach: not even opened for reading', async () => {
    const answer = await tries('exec 3< /proc/1/exe', empty())
    expect(answer).toMatchObject({ status: 2, stderr: expect.stringContaining('Permission denied') })
    // A file that is no such image can be had so, and written to by that.
    const plain = `exec 3< ${host}/secret; (echo x > /proc/self/fd/3) 2>&1; cat ${host}/secret`
    expect(await shell(plain, { unshare: SANDBOX })).toBe('x')
  })

  test('a bound program of the host is not written to either, where the bind is readonly', async () => {
    const script = `(exec 3>> /proc/self/exe) 2>&1 | sed 's/.*: //'; (exec 3>> /usr/bin/env) 2>&1 | sed 's/.*: //'`
    expect(await shell(script, empty())).toMatch(
      /^(Text file busy|Read-only file system|Permission denied)\n(Read-only file system|Permission denied)$/,
    )
  })
})
