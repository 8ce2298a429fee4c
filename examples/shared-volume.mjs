// One directory, two sandboxes whose ids are different ones on the host. Bound with an id map each, it is the same for
// both: each reads and writes it as its uid 1000, and the disk, which the host shows, has 1000.
//
//   node examples/shared-volume.mjs [FOLDER]
//
// As root, on a file system that can be mounted idmapped: ext4, xfs, btrfs, since Linux 6.3 tmpfs.

import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile, SetupError } from 'nskit'

const OWNER = 1000
/** On the host no id of the one is one of the other. */
const SANDBOXES = { first: 200_000, second: 400_000 }

/** Its words on a volume that is bound without an id map. */
const OF_MNT = 'stat -c "a volume of %u" /mnt; touch /mnt/x 2>/dev/null || echo "that it cannot write to"'

const [parent = tmpdir()] = process.argv.slice(2)

if (process.getuid() === 0) await share()
else {
  console.error('A mount with an id map is for root.')
  process.exitCode = 1
}

async function share() {
  const volume = mkdtempSync(join(parent, 'nskit-volume-'))
  // For its owner alone: no mode lets anybody else in.
  chmodSync(volume, 0o700)
  chownSync(volume, OWNER, OWNER)
  try {
    await sandbox('first', volume, 'echo "from the first" > letter')
    console.log('the first finds', await sandbox('first', volume, 'stat -c "%n of %u" letter'))
    console.log('the second finds', await sandbox('second', volume, 'stat -c "%n of %u" letter'))
    await sandbox('second', volume, 'echo "from the second" >> letter; echo "from the second" > answer')
    await sandbox('first', volume, 'echo "from the first" >> answer')
    for (const name of readdirSync(volume).sort())
      console.log('the host finds', found(join(volume, name), name))
    console.log(
      'without an id map, the second finds',
      await sandbox('second', volume, OF_MNT, { idMap: false }),
    )
  } catch (error) {
    if (!SetupError.is(error)) throw error
    console.error(`${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`)
    process.exitCode = 1
  } finally {
    rmSync(volume, { recursive: true })
  }
}

/** What a shell script in the volume prints, run as uid 1000 of one of the sandboxes. */
async function sandbox(name, volume, script, { idMap = true } = {}) {
  const map = [{ containerID: 0, hostID: SANDBOXES[name], size: 65_536 }]
  const bind = { type: 'bind', source: volume, destination: '/mnt' }
  const { stdout } = await execFile('/bin/sh', ['-c', idMap ? `cd /mnt && ${script}` : script], {
    name,
    unshare: ['user', 'pid', 'mnt'],
    uidMap: map,
    gidMap: map,
    uid: OWNER,
    gid: OWNER,
    // With the maps of the user namespace, ids on disk are ids inside.
    mounts: [idMap ? { ...bind, idMap: { uid: map, gid: map } } : bind],
  })
  return stdout.trim().split('\n').join(' ')
}

function found(path, name) {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return `${name} of ${statSync(path).uid}: ${lines.join(', ')}`
}
