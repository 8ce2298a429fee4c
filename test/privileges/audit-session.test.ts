import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { execFile, explain, spawn, spawnSync } from '../../lib/index'
import { describeWith } from '../support/needs'
import { runScript } from '../support/node-script'

const UNSET = '4294967295'
const own = (name: string): string => readFileSync(`/proc/self/${name}`, 'latin1').trim()
const TREE =
  'cat /proc/self/loginuid; echo; (setsid cat /proc/self/sessionid); echo; cat /proc/self/sessionid'

describeWith('audit-session', 'an audit session of its own', () => {
  it('is that of the whole tree, and another one each time', async () => {
    const seen = new Set<number>()
    for (let i = 0; i < 3; i++) {
      const child = spawn('sh', ['-c', TREE], { auditSession: true, stdio: ['ignore', 'pipe', 'inherit'] })
      let text = ''
      child.stdout?.on('data', (part) => {
        text += part
      })
      await once(child, 'close')
      const session = child.auditSession as number
      expect(text.trim().split(/\s+/)).toEqual([
        String(process.geteuid?.()),
        String(session),
        String(session),
      ])
      seen.add(session)
    }
    expect(seen.size).toBe(3)
  })

  it('reaches through user and pid namespaces, an init and joined namespaces', () => {
    const { auditSession, stdout } = spawnSync('cat', ['/proc/self/sessionid'], {
      unshare: ['user', 'pid', 'mnt'],
      auditSession: true,
      encoding: 'utf8',
    })
    expect(stdout).toBe(String(auditSession))
  })

  it('is known of a command that ends at once', () => {
    expect(spawnSync('true', { auditSession: true }).auditSession).toBeGreaterThan(0)
  })

  it("never changes this process's own", async () => {
    const before = [own('loginuid'), own('sessionid')]
    await execFile('true', [], { auditSession: true })
    expect([own('loginuid'), own('sessionid')]).toEqual(before)
  })

  it('is not taken without being asked for', () => {
    expect(spawnSync('true')).not.toHaveProperty('auditSession')
    expect(spawn('true').auditSession).toBeUndefined()
  })

  it('explain() tells of it', () => {
    expect(explain('true', [], { auditSession: true })[0]).toEqual({
      step: 'set-login-uid',
      detail: `${process.geteuid?.()}, with an audit session of its own`,
    })
  })
})

describeWith(['audit-session', 'userns'], 'where loginuid is set already', () => {
  /** In a user namespace nobody may change it. */
  it('the command runs without, and explain() tells why', async () => {
    const said = await runScript(
      async ({ nskit, say }) => {
        const options = {
          unshare: ['user'],
          auditSession: true,
          stdio: ['ignore', 'pipe', 'inherit'],
        } as const
        const script = `
          const { explain, spawnSync } = require(${JSON.stringify(process.env.NSKIT_PACKAGE)})
          const { status, auditSession } = spawnSync('true', { auditSession: true })
          console.log(JSON.stringify({ status, auditSession, explained: explain('true', { auditSession: true })[0] }))`
        const child = nskit.spawn(process.execPath, ['-e', script], options)
        let text = ''
        child.stdout?.on('data', (part) => {
          text += part
        })
        await child.exited
        say(JSON.parse(text))
      },
      undefined,
      { env: { ...process.env, NSKIT_PACKAGE: require.resolve('../../dist/index.cjs') } },
    )
    expect(said).toEqual([
      {
        status: 0,
        explained: {
          step: 'set-login-uid',
          detail: expect.stringMatching(/^not set: loginuid is \d+ already, and CAP_AUDIT_CONTROL/),
        },
      },
    ])
  })
})

it('a wrong type throws', () => {
  expect(() => spawn('true', { auditSession: 'yes' as never })).toThrow(/auditSession/)
  expect(own('loginuid')).toMatch(new RegExp(`^(${UNSET}|\\d+)$`))
})
