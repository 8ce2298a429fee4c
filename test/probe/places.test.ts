/** Where a probe has less than it could wish for: it answers. */

import { describeWith } from '../support/needs'
import { runScript } from '../support/node-script'

const PROBES = [{}, { namespaces: ['user', 'mnt', 'pid', 'net'] }, { uidMap: 'self' }]

describeWith('userns', 'without a /proc', () => {
  const through = ['unshare', '-Urm', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh']

  it('each probe that writes a map says so, as spawn does; the others are granted', async () => {
    const [said] = await runScript(
      async ({ nskit, say }, probes) => {
        const answers = []
        for (const options of probes as object[]) {
          const found = [await nskit.probe(options), nskit.probeSync(options)]
          answers.push(
            ...found.map((each) => (each.ok ? 'ok' : [each.step, each.code, each.cause, each.confidence])),
          )
        }
        const { results } = await nskit.diagnose()
        say({
          answers,
          maps: results.filter(({ ok, namespaces }) => ok && namespaces.includes('user')).length,
          net: (await nskit.probe({ namespaces: ['net'] })).ok,
          program: await nskit.probeProgram(['true']),
          spawn: nskit.spawnSync('true', [], { unshare: ['user'] }).error !== undefined,
        })
      },
      PROBES,
      { through },
    )
    const denied = ['open-proc', 'ENOENT', 'masked-proc', 'certain']
    expect(said).toMatchObject({
      answers: PROBES.flatMap(() => [denied, denied]),
      maps: 0,
      net: true,
      program: { ok: true },
      spawn: true,
    })
  })
})

describeWith('userns', 'without /dev/null, a writable disk, /etc and /sys', () => {
  const hide = ['mount -t tmpfs none /dev', 'mount -t tmpfs none /etc', 'mount -t tmpfs none /sys']
  const script = `${hide.join(' && ')} && cd / && mount -o remount,bind,ro / && exec "$@"`

  it('probes are granted, and no program is called missing', async () => {
    const [said] = await runScript(
      async ({ nskit, say }) =>
        say({
          probe: await nskit.probe({ namespaces: ['user', 'mnt', 'pid', 'net'], use: ['mount', 'loopback'] }),
          program: await nskit.probeProgram(['/bin/true']),
        }),
      undefined,
      { through: ['unshare', '-Urm', 'sh', '-c', script, 'sh'] },
    )
    expect(said).toMatchObject({ probe: { ok: true }, program: { ok: false, step: 'open-null' } })
    expect(said).not.toMatchObject({ program: { cause: 'program-missing' } })
  })
})

describe('on another platform', () => {
  it('everything answers, and nothing is claimed of the host', async () => {
    const [said] = await runScript(async ({ nskit, say }) => {
      Object.defineProperty(process, 'platform', { value: 'darwin' })
      const found = [
        await nskit.probe(),
        nskit.probeSync({ namespaces: ['net'] }),
        await nskit.probeProgram(['bwrap', 'true']),
        ...(await nskit.diagnose()).results,
      ]
      say({
        causes: [...new Set(found.map((each) => (each.ok ? 'ok' : each.cause)))],
        note: found[0]!.ok ? '' : nskit.formatDenial(found[0]!),
      })
    })
    const { causes, note } = said as { causes: string[]; note: string }
    expect(causes).toEqual(['unsupported-platform'])
    expect(note).toMatch(/^This platform has no Linux namespaces\.\n/)
    expect(note).not.toMatch(/denies|bwrap|privileged/)
  })
})
