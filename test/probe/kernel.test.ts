import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { classifyProgram } from '../../lib/probe/classify-program'
import { diagnoseDenial } from '../../lib/probe/diagnose-denial'
import { type HostFacts, readFacts } from '../../lib/probe/facts'
import type { Confidence, DenialCause, FailedStep } from '../../lib/probe/types'
import type { NamespaceType } from '../../lib/tables/namespaces'
import { describeWith } from '../support/needs'
import { source } from './host'

const FILES = [
  '/proc/sys/kernel/osrelease',
  '/proc/self/status',
  '/proc/self/uid_map',
  '/proc/self/gid_map',
  '/proc/self/setgroups',
  '/proc/self/mountinfo',
  '/proc/sys/user/max_user_namespaces',
  '/proc/sys/user/max_net_namespaces',
  '/proc/sys/user/max_mnt_namespaces',
]
/** Each file of the place under test, behind its name; then the program takes the shell's place. */
const SHOW = `for f in ${FILES.join(' ')}; do echo "@@ $f"; cat $f; done; echo "@@ ns"; readlink /proc/self/ns/user; echo @@`

/** What a program met in a place that `script` made, and the facts of that place. */
function inside(
  outer: string[],
  script: string,
  program: string[],
): { failed: FailedStep; facts: HostFacts } {
  const shell = ['sh', '-c', `${script}\n${SHOW}\nexec "$@"`, 'sh', ...program]
  const { status, signal, stdout, stderr } = spawnSync('unshare', [...outer, ...shell], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    timeout: 20_000,
  })
  const texts = new Map(stdout.split(/^@@ ?/m).map((part) => splitOnce(part)))
  const files = Object.fromEntries(FILES.map((file) => [file, texts.get(file) ?? '']))
  const links = { '/proc/self/ns/user': texts.get('ns')?.trim() ?? '' }
  const verdict = classifyProgram(program, { exitCode: status, signal, stderr })
  if (verdict.ok) throw new Error(`${program.join(' ')} was not refused`)
  const namespaces: NamespaceType[] = ['user', 'mnt', 'pid', 'net']
  return { failed: { ...verdict, namespaces }, facts: readFacts({}, source({ files, links })) }
}

function splitOnce(part: string): [name: string, text: string] {
  const end = part.indexOf('\n')
  return [part.slice(0, end), part.slice(end + 1)]
}

const BWRAP = ['bwrap', '--unshare-user', '--unshare-net', '--ro-bind', '/', '/', '/bin/true']

describeWith(['userns', 'bwrap'], 'what bwrap and unshare meet in real places', () => {
  type Row = [string, string[], string, string[], string, string, DenialCause, Confidence]
  const rows: Row[] = [
    [
      'a limit of 0 on user namespaces',
      ['-Ur'],
      'echo 0 > /proc/sys/user/max_user_namespaces',
      BWRAP,
      'create-user',
      'ENOSPC',
      'namespace-limit',
      'certain',
    ],
    [
      'a mount inside /proc, bwrap',
      ['-Urm'],
      'mount -t tmpfs none /proc/irq',
      ['bwrap', '--unshare-all', '--ro-bind', '/', '/', '--proc', '/proc', 'true'],
      'mount-proc',
      'EPERM',
      'masked-proc',
      'certain',
    ],
    [
      'a mount inside /proc, unshare',
      ['-Urm'],
      'mount -t tmpfs none /proc/irq',
      ['unshare', '-Urmpf', '--mount-proc', 'true'],
      'mount-proc',
      'EPERM',
      'masked-proc',
      'certain',
    ],
    ['ids that are not mapped', ['-U'], ':', BWRAP, 'create-user', 'EPERM', 'unmapped-ids', 'certain'],
  ]
  it.each(rows.map((row) => [row[0], row] as const))('%s', (_name, row) => {
    const [, outer, script, program, step, code, cause, confidence] = row
    const { failed, facts } = inside(outer, script, program)
    expect([failed.step, failed.code]).toEqual([step, code])
    expect(diagnoseDenial(failed, facts)).toMatchObject({ cause, confidence })
  })
})

describeWith(['userns', 'setpriv'], 'root of a user namespace without CAP_SETFCAP', () => {
  it('cannot map its uid 0, and is told so', () => {
    const drop = ['setpriv', '--bounding-set=-setfcap', '--inh-caps=-setfcap']
    const { failed } = inside(['-Ur'], ':', [...drop, 'unshare', '-Ur', 'true'])
    // The facts are those of the process that asks: below setpriv, which is what stands in its status.
    const { stdout } = spawnSync('unshare', ['-Ur', ...drop, 'cat', '/proc/self/status'], {
      encoding: 'utf8',
    })
    const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8')
    const files = { '/proc/self/status': stdout, '/proc/sys/kernel/osrelease': release }
    const facts = readFacts({}, source({ files }))
    expect([failed.step, failed.code]).toEqual(['write-uid-map', 'EPERM'])
    expect(diagnoseDenial(failed, facts)).toMatchObject({
      cause: 'missing-capability',
      confidence: 'certain',
    })
  })
})
