import { formatDenial } from '../../lib/probe/format-denial'
import { remediesFor } from '../../lib/probe/remedies'
import type { ProbeDenial } from '../../lib/probe/types'
import { failed } from './failed-step'
import { host, ubuntu } from './host'

describe('the note', () => {
  function denial(more: Partial<ProbeDenial> = {}): ProbeDenial {
    const failure = failed('write-uid-map', 'EPERM')
    return {
      ok: false,
      namespaces: ['user', 'net'],
      kind: 'user',
      step: 'write-uid-map',
      code: 'EPERM',
      errno: -1,
      syscall: 'write',
      reason: 'unshare: write failed /proc/self/uid_map: Operation not permitted',
      command: 'unshare --user --map-root-user --net true',
      cause: 'apparmor',
      confidence: 'certain',
      evidence: [{ source: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns', value: '1' }],
      remedies: remediesFor('apparmor', failure, host({ files: ubuntu() })),
      symptoms: [],
      durationMs: 3,
      ...more,
    }
  }

  it('says what failed, why, what users see, the scoped fix, then the fallback and the warning', () => {
    const text = formatDenial(denial(), { program: 'codex' })
    const order = [
      'This host denies user namespaces, which codex needs.',
      '$ unshare --user --map-root-user --net true',
      'unshare: write failed /proc/self/uid_map: Operation not permitted',
      'AppArmor (certain)',
      'apparmor_restrict_unprivileged_userns: 1',
      'bwrap: setting up uid map: Permission denied',
      'userns,',
      '$ apparmor_parser -r',
      'for the whole host',
      '$ sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
      'Trade-off: Every program',
      'Do not give a container broad privileges',
    ].map((part) => text.indexOf(part))
    expect(order).not.toContain(-1)
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(text.endsWith('\n')).toBe(true)
    expect(text).not.toMatch(/[ \t]$/m)
  })

  it('names the symptom of the network', () => {
    const text = formatDenial(denial({ kind: 'net', step: 'bring-up-loopback' }))
    expect(text).toContain('This host denies network namespaces')
    expect(text).toContain('bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted')
  })

  it('speaks of what is in a namespace only where that could be made', () => {
    const words = (step: ProbeDenial['step']) => formatDenial(denial({ kind: 'net', step }))
    expect(words('create-net')).toContain('This host denies network namespaces.')
    expect(words('bring-up-loopback')).toContain(
      'This host denies network namespaces, or the loopback in them.',
    )
  })

  it('leaves out what bwrap does not meet', () => {
    expect(formatDenial(denial({ cause: 'subids' }))).not.toContain('bwrap')
  })

  it.each([
    [{ cause: 'unknown', step: 'exec', code: 'UNKNOWN' }],
    [{ cause: 'unknown', step: 'mount-tmpfs', code: 'ENOENT' }],
    [{ cause: 'unknown', step: 'launch', code: 'EAGAIN' }],
    [{ cause: 'timeout', step: 'exec', code: 'ETIMEDOUT' }],
  ] as Array<[Partial<ProbeDenial>]>)('of %j nothing is said to be denied', (more) => {
    const text = formatDenial(denial({ ...more, remedies: [] }))
    expect(text).toMatch(/^It could not be found out whether this host allows /)
    expect(text).not.toContain('execve failed with UNKNOWN')
    expect(text).not.toContain('--privileged')
  })

  it('says how sure it is', () => {
    expect(formatDenial(denial({ confidence: 'likely' }))).toContain('AppArmor (likely, not proven)')
    const unknown = formatDenial(denial({ cause: 'unknown', confidence: 'unknown', remedies: [] }))
    expect(unknown).toContain('not known (what was read does not explain it)')
    expect(unknown).not.toContain('Fix')
  })
})
