import { diagnoseDenial } from '../../../lib/probe/diagnose-denial'
import { AS_ROOT, apparmor, FILTERED, host, status, ubuntu } from '../host'
import { CLONE3_HIDDEN, denials, failed, limited, type Row, SELINUX } from './table'

/** Docker's filter with the calls of namespaces added still hides clone3. */
const FILTERED_BY_DOCKER = { '/proc/self/status': status(FILTERED) }
const TOGETHER = failed('create-user', 'EPERM', { together: true, program: '/usr/bin/bwrap' })

const ROWS: Row[] = [
  [
    "bwrap under Docker's filter",
    host({ files: FILTERED_BY_DOCKER }, CLONE3_HIDDEN),
    TOGETHER,
    'seccomp',
    'certain',
    'Seccomp',
  ],
  [
    "bwrap under Docker's filter and profile: either may be it",
    host({ files: { ...apparmor('docker-default (enforce)'), ...FILTERED_BY_DOCKER } }, CLONE3_HIDDEN),
    TOGETHER,
    'seccomp',
    'likely',
    'Seccomp',
  ],
  [
    "bwrap under Docker's filter and Ubuntu's restriction: either may be it",
    host({ files: { ...ubuntu(), ...FILTERED_BY_DOCKER } }, CLONE3_HIDDEN),
    TOGETHER,
    'apparmor',
    'likely',
  ],
  [
    'Ubuntu, a named profile in mode unconfined that may lack userns',
    host({ files: ubuntu('chrome (unconfined)') }),
    failed('create-user', 'EACCES'),
    'apparmor',
    'likely',
    'attr',
  ],
  [
    'AppArmor profile without userns',
    host({ files: apparmor('nouserns (enforce)') }),
    failed('create-user', 'EACCES'),
    'apparmor',
    'certain',
    'attr',
  ],
  [
    'AppArmor profile without userns, root too',
    host({ files: { ...apparmor('nouserns (enforce)'), '/proc/self/status': AS_ROOT } }),
    failed('create-user', 'EACCES'),
    'apparmor',
    'certain',
  ],
  [
    'the same, its abilities unread',
    host({
      files: apparmor('nouserns (enforce)', {
        '/sys/kernel/security/apparmor/features/namespaces/mask': { code: 'EACCES' },
      }),
    }),
    failed('create-user', 'EACCES'),
    'apparmor',
    'likely',
  ],
  [
    'profile in complain mode',
    host({ files: apparmor('nouserns (complain)') }),
    failed('create-user', 'EACCES'),
    'unknown',
    'unknown',
  ],
  [
    'kernel whose AppArmor knows no userns',
    host({
      files: apparmor('nouserns (enforce)', {
        '/sys/kernel/security/apparmor/features/namespaces/mask': 'other',
      }),
    }),
    failed('create-user', 'EACCES'),
    'unknown',
    'unknown',
  ],
  [
    'an enforced profile does not say EPERM at create',
    host({ files: apparmor('nouserns (enforce)') }),
    failed('create-user', 'EPERM'),
    'unknown',
    'unknown',
  ],
  [
    'Ubuntu without its profile',
    host({ files: ubuntu() }),
    failed('create-user', 'EACCES'),
    'apparmor',
    'certain',
    'restrict_unprivileged_userns',
  ],
  [
    'Ubuntu does not restrict root',
    host({ files: { ...ubuntu(), '/proc/self/status': AS_ROOT } }),
    failed('create-user', 'EACCES'),
    'unknown',
    'unknown',
  ],
  [
    "Ubuntu's restriction does not say EPERM at create alone",
    host({ files: ubuntu() }),
    failed('create-user', 'EPERM'),
    'unknown',
    'unknown',
  ],
  [
    'Ubuntu, all in one call',
    host({ files: ubuntu() }),
    failed('create-user', 'EPERM', { together: true, program: '/usr/bin/bwrap' }),
    'apparmor',
    'certain',
  ],
  [
    'Ubuntu does not say ENOSPC',
    host({ files: { ...ubuntu(), ...limited('user') } }),
    failed('create-user', 'ENOSPC'),
    'namespace-limit',
    'certain',
  ],
  [
    "upstream's restriction of change_profile is no cause",
    host({
      files: apparmor('unconfined', { '/proc/sys/kernel/apparmor_restrict_unprivileged_unconfined': '1\n' }),
    }),
    failed('create-user', 'EPERM'),
    'unknown',
    'unknown',
  ],
  [
    'SELinux enforces',
    host({ files: SELINUX }),
    failed('create-user', 'EACCES'),
    'selinux',
    'likely',
    'enforce',
  ],
  [
    'SELinux is permissive',
    host({ files: { ...SELINUX, '/sys/fs/selinux/enforce': '0' } }),
    failed('create-user', 'EACCES'),
    'unknown',
    'unknown',
  ],
  [
    'SELinux does not say EPERM at create',
    host({ files: SELINUX }),
    failed('create-user', 'EPERM'),
    'unknown',
    'unknown',
  ],
]

denials('creating: security modules', ROWS)

it('what cannot be read is listed as unreadable, and what does not exist as absent', () => {
  const facts = host({ files: { '/proc/self/attr/current': { code: 'EACCES' } } })
  const { evidence } = diagnoseDenial(failed('create-user', 'EPERM'), facts)
  expect(evidence).toContainEqual({ source: '/proc/self/attr/current', value: 'unreadable: EACCES' })
  expect(evidence).toContainEqual({ source: '/proc/sys/kernel/unprivileged_userns_clone', value: 'absent' })
})
