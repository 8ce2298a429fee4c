import { once } from 'node:events'
import { spawn } from '../../lib/index'
import { shell } from '../support/inside'
import { describeWith } from '../support/needs'

/**
 * What runs inside must not get at what prepares it: root of a namespace could trace a process there, or take its
 * descriptors (pidfd_getfd(2)), were it dumpable (the family of CVE-2016-9962).
 */
describeWith('userns', 'root inside', () => {
  test('does not see the descriptors, the memory or the root of its init', async () => {
    // The names of the descriptors may show; what they are, and the rest, may not.
    const links = 'for f in /proc/1/fd/* /proc/1/root /proc/1/cwd /proc/1/exe; do readlink $f; done'
    const tries = `{ ${links}; cat /proc/1/environ /proc/1/maps; echo done; } 2>/dev/null`
    expect(await shell(tries, { unshare: ['user', 'pid', 'mnt'] })).toBe('done')
  })

  test('sees those of the command, which is its own', async () => {
    expect(
      await shell('readlink /proc/self/fd/0 > /dev/null && echo open', { unshare: ['user', 'pid', 'mnt'] }),
    ).toBe('open')
  })
})

describeWith('userns', 'the ids of a joined user namespace', () => {
  test('uid and gid alone, by whoever made it', async () => {
    await using inner = spawn('cat', { unshare: ['user', 'net'] })
    await inner.spawned
    const child = spawn('/bin/sh', ['-c', 'id -u; id -g'], {
      join: [{ pid: inner.pid!, types: ['user', 'net'] }],
      uid: 0,
      gid: 0,
    })
    let text = ''
    child.stdout?.on('data', (part) => {
      text += part
    })
    await once(child, 'close')
    expect(text).toBe('0\n0\n')
    const maps = [inner.uidMap.toContainer(process.geteuid!()), inner.gidMap.toContainer(process.getegid!())]
    expect(maps).toEqual([0, 0])
  })

  test('the own one is told apart from the others that are asked with it', async () => {
    const child = spawn('true', { join: [{ pid: process.pid, types: ['net', 'user'] }] })
    const [error] = await once(child, 'error')
    expect(error).toMatchObject({ step: 'join-user', code: 'EINVAL', syscall: 'setns' })
  })
})
