import type { SetupStep } from '../../lib/plan/steps'
import { reproduce, wordsOf } from '../../lib/probe/reproduce'
import { codeInText, errnoOf, strerror } from '../../lib/probe/strerror'
import { symptomsOf } from '../../lib/probe/symptoms'

describe('the command that shows it again', () => {
  it.each([
    [{ namespaces: ['user'] }, 'unshare --user --map-root-user true'],
    [{ namespaces: ['net', 'user'] }, 'unshare --user --map-root-user --net true'],
    [{ namespaces: ['user'], uidMap: 'self' }, 'unshare --user --map-current-user true'],
    [{ namespaces: ['user'], uidMap: 'subids' }, 'unshare --user --map-root-user --map-auto true'],
    [{ namespaces: ['mnt', 'pid'], use: ['proc'] }, 'unshare --mount --pid --fork --mount-proc true'],
    [
      { namespaces: ['user', 'uts'], step: 'set-hostname' },
      'unshare --user --map-root-user --uts hostname probe',
    ],
    [{ namespaces: ['net'], step: 'bring-up-loopback' }, 'unshare --net ip link set lo up'],
    [
      { namespaces: ['user'], uidMap: [{ containerID: 0, hostID: 5, size: 2 }], gidMap: 'root' },
      'unshare --user --map-users=0:5:2 --map-group=0 true',
    ],
    [{ namespaces: ['ipc', 'cgroup', 'time'] }, 'unshare --ipc --cgroup --time true'],
  ] as Array<[Parameters<typeof reproduce>[0], string]>)('%j', (asked, command) => {
    expect(reproduce(asked)).toBe(command)
  })
})

describe('the words', () => {
  it.each([
    ['create-user', 'EPERM', 'unshare: unshare failed: Operation not permitted'],
    ['create-user', 'ENOSPC', 'unshare: unshare failed: No space left on device'],
    ['create-net', 'ENOSYS', 'unshare: unshare failed: Function not implemented'],
    ['create-user', 'SIGSYS', 'Bad system call'],
    ['write-uid-map', 'EPERM', 'unshare: write failed /proc/self/uid_map: Operation not permitted'],
    ['write-uid-map', 'EACCES', 'unshare: cannot open /proc/self/uid_map: Permission denied'],
    // unshare writes uid_map first, where the same missing capability is EPERM.
    ['write-setgroups', 'EACCES', 'unshare: write failed /proc/self/uid_map: Operation not permitted'],
    ['write-setgroups', 'EPERM', 'unshare: write failed /proc/self/setgroups: Operation not permitted'],
    ['set-propagation', 'EACCES', 'unshare: cannot change root filesystem propagation: Permission denied'],
    ['write-uid-map', 'ERR_NSKIT_NO_SUBORDINATE_IDS', 'unshare: no line matching user in /etc/subuid'],
    ['mount-proc', 'EPERM', 'unshare: mount /proc failed: Operation not permitted'],
    ['bring-up-loopback', 'EPERM', 'RTNETLINK answers: Operation not permitted'],
  ] as Array<[SetupStep, string, string]>)('%s, %s', (step, code, words) => {
    expect(wordsOf({ step, code })).toBe(words)
  })

  it('of a helper are its own', () => {
    const text = 'newuidmap: uid range [1-2) -> [5-6) not allowed\n'
    expect(wordsOf({ step: 'write-uid-map', code: 'EPERM', mapper: true, text })).toBe(text.trim())
  })
})

describe('what users see', () => {
  it.each([
    ['create-user', 'EPERM', /^bwrap: No permissions to create new namespace/],
    ['create-user', 'ENOSPC', /exceeded \(ENOSPC\)$/],
    ['create-net', 'ENOSPC', /exceeded \(ENOSPC\)$/],
    ['create-user', 'EACCES', /^bwrap: Creating new namespace failed: Permission denied$/],
    ['create-user', 'ENOSYS', /^bwrap: Creating new namespace failed: Function not implemented$/],
    ['create-user', 'SIGSYS', /^Bad system call$/],
    ['write-uid-map', 'EPERM', /^bwrap: setting up uid map: Permission denied$/],
    ['bring-up-loopback', 'EPERM', /^bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted$/],
    ['set-propagation', 'EPERM', /^bwrap: Failed to make \/ slave: Operation not permitted$/],
    ['mount-proc', 'EPERM', /^bwrap: Can't mount proc on \/newroot\/proc: Operation not permitted$/],
    ['pivot-root', 'EACCES', /^bwrap: pivot_root: Permission denied$/],
  ] as Array<[SetupStep, string, RegExp]>)('%s, %s', (step, code, first) => {
    expect(symptomsOf({ step, code, syscall: '', namespaces: ['user'] })[0]).toMatch(first)
  })
})

it('errnos and their words are found in each other', () => {
  for (const code of ['EPERM', 'EACCES', 'ENOSPC', 'ENOSYS', 'EINVAL', 'EMFILE', 'ENFILE']) {
    expect(codeInText(`bwrap: something: ${strerror(code)}`)).toBe(code)
    expect(errnoOf(code)).toBeGreaterThan(0)
  }
  expect(codeInText('Permission denied: x: Operation not permitted')).toBe('EPERM')
  expect(codeInText('no errno here')).toBeUndefined()
  expect(errnoOf('SIGSYS')).toBe(0)
})
