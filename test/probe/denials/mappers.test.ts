import { host, MOUNTS, NESTED, status } from '../host'
import { denials, failed, MAPPER, type Row } from './table'

/** What an unsearchable folder of PATH answers for every name in it. */
function unsearchable() {
  const { subids, ...facts } = host()
  const newuidmap = { source: 'newuidmap', unreadable: 'EACCES' }
  return { ...facts, subids: { ...subids, newuidmap } }
}

const ROWS: Row[] = [
  [
    'no helper, and a folder of PATH that may not be searched',
    unsearchable(),
    failed('write-uid-map', 'EACCES', MAPPER),
    'subids',
    'likely',
    'newuidmap',
  ],
  [
    'no subordinate ids',
    host({ files: { '/etc/subuid': 'bob:100000:65536\n' } }),
    failed('write-uid-map', 'ERR_NSKIT_NO_SUBORDINATE_IDS'),
    'subids',
    'certain',
    '/etc/subuid',
  ],
  [
    'no file of subordinate ids',
    host({ files: { '/etc/subuid': null } }),
    failed('write-uid-map', 'ERR_NSKIT_NO_SUBORDINATE_IDS'),
    'subids',
    'certain',
    '/etc/subuid',
  ],
  [
    'the file cannot be read',
    host({ files: { '/etc/subuid': { code: 'EACCES' } } }),
    failed('write-uid-map', 'ERR_NSKIT_NO_SUBORDINATE_IDS'),
    'subids',
    'likely',
    '/etc/subuid',
  ],
  [
    'helper missing',
    host({ stats: { '/usr/bin/newuidmap': { code: 'ENOENT' } as never } }),
    failed('write-uid-map', 'ENOENT', MAPPER),
    'subids',
    'certain',
    'newuidmap',
  ],
  [
    'helper not setuid, by its own words',
    host({ stats: { '/usr/bin/newuidmap': { mode: 0o100755 } } }),
    failed('write-uid-map', 'EPERM', {
      ...MAPPER,
      text: 'newuidmap: write to uid_map failed: Operation not permitted',
    }),
    'subids',
    'certain',
    'newuidmap',
  ],
  [
    'helper not setuid, silent (it may have file capabilities)',
    host({ stats: { '/usr/bin/newuidmap': { mode: 0o100755 } } }),
    failed('write-uid-map', 'EPERM', MAPPER),
    'subids',
    'likely',
    'newuidmap',
  ],
  [
    'helper setuid, but of an unmapped root',
    host({ stats: { '/usr/bin/newuidmap': { mode: 0o104755, uid: 65_534 } } }),
    failed('write-uid-map', 'EPERM', { ...MAPPER, text: 'write to uid_map failed' }),
    'subids',
    'certain',
  ],
  [
    'helper on a nosuid mount',
    host({ files: { '/proc/self/mountinfo': `${MOUNTS}50 27 8:1 / /usr rw,nosuid - ext4 /dev/vdb rw\n` } }),
    failed('write-uid-map', 'EPERM', MAPPER),
    'subids',
    'certain',
    'newuidmap',
  ],
  [
    'no_new_privs',
    host({ files: { '/proc/self/status': status({ NoNewPrivs: '1' }) } }),
    failed('write-uid-map', 'EPERM', MAPPER),
    'no-new-privileges',
    'certain',
    'NoNewPrivs',
  ],
  [
    'no_new_privs is no cause without a helper',
    host({ files: { '/proc/self/status': status({ NoNewPrivs: '1' }) } }),
    failed('write-uid-map', 'EPERM'),
    'unknown',
    'unknown',
  ],
  [
    'no_new_privs is no cause of a denied create',
    host({ files: { '/proc/self/status': status({ NoNewPrivs: '1' }) } }),
    failed('create-user', 'EPERM'),
    'unknown',
    'unknown',
  ],
  [
    'too few ids',
    host({ files: { '/etc/subuid': 'ada:100000:1000\n' } }),
    failed('write-uid-map', 'EPERM', MAPPER),
    'subids',
    'certain',
    '/etc/subuid',
  ],
  [
    'gids too few',
    host({ files: { '/etc/subgid': 'ada:100000:1000\n' } }),
    failed('write-gid-map', 'EPERM', MAPPER),
    'subids',
    'certain',
    '/etc/subgid',
  ],
  [
    "newuidmap's word, ranges unread",
    host({ files: { '/etc/subuid': { code: 'EACCES' } } }),
    failed('write-uid-map', 'EPERM', {
      ...MAPPER,
      text: 'newuidmap: uid range [1-65536) -> [100000-165536) not allowed',
    }),
    'subids',
    'likely',
    '/etc/subuid',
  ],
  [
    'ids that are not granted, under no_new_privs, which newuidmap did not come to need',
    host({
      files: { '/etc/subuid': 'ada:100000:10\n', '/proc/self/status': status({ NoNewPrivs: '1' }) },
    }),
    failed('write-uid-map', 'EPERM', {
      ...MAPPER,
      text: 'newuidmap: uid range [1-65537) -> [100000-165536) not allowed',
    }),
    'subids',
    'certain',
    '/etc/subuid',
  ],
  [
    'ranges that are not mapped here',
    host({ files: { '/proc/self/uid_map': '0 100000 65536\n' }, links: NESTED }),
    failed('write-uid-map', 'EPERM', MAPPER),
    'unmapped-ids',
    'certain',
    'uid_map',
  ],
]

denials('newuidmap and newgidmap', ROWS)
