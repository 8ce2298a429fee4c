import { AS_ROOT, apparmor, FILTERED, host, status } from '../host'
import { DEBIAN_OFF, denials, failed, type Row } from './table'

const ROWS: Row[] = [
  [
    'kernel without user namespaces',
    host({ folders: { '/proc/self/ns': ['mnt', 'net', 'pid'] } }),
    failed('create-user', 'EINVAL'),
    'kernel-config',
    'certain',
    '/proc/self/ns',
  ],
  [
    'kernel without time namespaces',
    host({ folders: { '/proc/self/ns': ['user', 'mnt'] } }),
    failed('create-time', 'EINVAL'),
    'kernel-config',
    'certain',
    '/proc/self/ns',
  ],
  ['EINVAL with everything built', host(), failed('create-user', 'EINVAL'), 'unknown', 'unknown'],
  [
    'RHEL 7',
    host({ files: { '/proc/sys/kernel/osrelease': '3.10.0-327.el7.x86_64\n' } }),
    failed('create-user', 'EINVAL'),
    'kernel-config',
    'likely',
  ],
  [
    'gVisor',
    host({ files: { '/proc/version': 'Linux version 4.4.0 #1 SMP Sun Jan 10 15:06:54 PST 2016\n' } }),
    failed('create-time', 'EINVAL'),
    'kernel-config',
    'certain',
    '/proc/version',
  ],
  [
    'WSL 1',
    host({ files: { '/proc/sys/kernel/osrelease': '4.4.0-19041-Microsoft\n' } }),
    failed('create-user', 'EINVAL'),
    'kernel-config',
    'certain',
    'osrelease',
  ],
  [
    'WSL 2 is Linux',
    host({ files: { '/proc/sys/kernel/osrelease': '5.15.90.1-microsoft-standard-WSL2\n' } }),
    failed('create-user', 'EINVAL'),
    'unknown',
    'unknown',
  ],
  [
    'RestrictNamespaces= of other types',
    host({ files: { '/proc/self/status': status(FILTERED) } }),
    failed('create-net', 'EPERM'),
    'seccomp',
    'certain',
    'Seccomp',
  ],
  [
    'no user namespace asked and no capability',
    host(),
    failed('create-net', 'EPERM', { namespaces: ['net'] }),
    'missing-capability',
    'certain',
    'CapEff',
  ],
  [
    'no user namespace asked, AppArmor in the way of root',
    host({ files: { ...apparmor('boxed (enforce)'), '/proc/self/status': AS_ROOT } }),
    failed('create-net', 'EPERM', { namespaces: ['net'] }),
    'apparmor',
    'certain',
  ],
  [
    'another platform',
    host({ platform: 'darwin' }),
    failed('create-user', 'ENOSYS'),
    'unsupported-platform',
    'certain',
  ],
  ['no answer', host({ files: DEBIAN_OFF }), failed('create-user', 'ETIMEDOUT'), 'timeout', 'certain'],
]

denials('creating: kernels, and what is no policy', ROWS)
