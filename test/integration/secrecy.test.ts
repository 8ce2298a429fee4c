import { once } from 'node:events'
import { join } from 'node:path'
import { execFile, spawn } from '../../lib/index'
import { describeWith } from '../support/needs'

/**
 * Who is root in a joined namespace could trace what comes to join it, or take its descriptors (pidfd_getfd(2)), were
 * that dumpable (the family of CVE-2016-9962).
 */
describeWith(['userns', 'strace'], 'what joins', () => {
  test('is not dumpable from before its first setns on', async () => {
    const script = `
      const { spawn } = require('nskit')
      const inner = spawn('cat', { unshare: ['user', 'net'] })
      inner.spawned.then(() => {
        const child = spawn('true', { join: [{ pid: inner.pid, types: ['user', 'net'] }] })
        child.on('exit', (code) => { console.log('ended with ' + code); inner.stdin.end() })
      })`
    const trace = [
      '-f',
      '-qq',
      '-e',
      'trace=setns,prctl',
      '-e',
      'signal=none',
      process.execPath,
      '-e',
      script,
    ]
    const { stdout, stderr } = await execFile('strace', trace, { cwd: join(__dirname, '../..') })
    expect(stdout).toBe('ended with 0\n')
    const calls = stderr.split('\n').filter((line) => /setns|PR_SET_DUMPABLE/.test(line))
    expect(calls.map((line) => line.replace(/^\[pid +\d+\] /, ''))).toEqual([
      expect.stringMatching(/^prctl\(PR_SET_DUMPABLE, (SUID_DUMP_DISABLE|0)\)/),
      expect.stringMatching(/^setns\(/),
    ])
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
