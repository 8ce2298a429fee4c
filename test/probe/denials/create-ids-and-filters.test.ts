import { FILTERED, host, NESTED, status } from '../host'
import { CLONE3_HIDDEN, denials, failed, limited, type Row } from './table'

const ROWS: Row[] = [
  [
    'unmapped uid',
    host({
      files: {
        '/proc/self/status': status({ Uid: '65534\t65534\t65534\t65534' }),
        '/proc/self/uid_map': '0 100000 1000\n',
      },
      links: NESTED,
    }),
    failed('create-user', 'EPERM'),
    'unmapped-ids',
    'certain',
    'uid_map',
  ],
  [
    'unmapped gid',
    host({ files: { '/proc/self/gid_map': '0 100000 1000\n' }, links: NESTED }),
    failed('create-user', 'EPERM'),
    'unmapped-ids',
    'certain',
    'gid_map',
  ],
  [
    'map never written',
    host({ files: { '/proc/self/uid_map': '' }, links: NESTED }),
    failed('create-user', 'EPERM'),
    'unmapped-ids',
    'certain',
  ],
  [
    "Docker's filter",
    host({ files: { '/proc/self/status': status(FILTERED) } }, CLONE3_HIDDEN),
    failed('create-user', 'EPERM'),
    'seccomp',
    'certain',
    'Seccomp',
  ],
  [
    'some filter',
    host({ files: { '/proc/self/status': status(FILTERED) } }),
    failed('create-user', 'EPERM'),
    'seccomp',
    'likely',
    'Seccomp',
  ],
  [
    'a filter does not say ENOSPC',
    host({ files: { ...limited('user'), '/proc/self/status': status(FILTERED) } }),
    failed('create-user', 'ENOSPC'),
    'namespace-limit',
    'certain',
  ],
  [
    'a filter that says ENOSYS',
    host({ files: { '/proc/self/status': status(FILTERED) } }),
    failed('create-user', 'ENOSYS'),
    'seccomp',
    'certain',
    'Seccomp',
  ],
  [
    'a filter that kills',
    host({ files: { '/proc/self/status': status(FILTERED) } }),
    failed('create-user', 'SIGSYS'),
    'seccomp',
    'certain',
    'Seccomp',
  ],
  [
    'killed, own status unread',
    host({ files: { '/proc/self/status': { code: 'EACCES' } } }),
    failed('create-user', 'SIGSYS'),
    'seccomp',
    'likely',
  ],
]

denials('creating: unmapped ids and filters', ROWS)
