import { mode } from '../support/modes'
import { describeWith } from '../support/needs'
import { example } from './example'

describeWith('userns', 'the health check', () => {
  /** 1000 inside is this on the host. */
  const host = mode === 'root' ? 101_000 : process.geteuid!()

  it('was wrong of a service that is well, is right of it when repaired, and of a file that is not the service’s', async () => {
    const { stdout, stderr, code } = await example('health-check.mjs')
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(
      stdout
        .replaceAll(/\S+\/heartbeat/g, 'FILE')
        .trim()
        .split('\n'),
    ).toEqual([
      `as it was: FILE is of uid ${host}, expected 1000: ${host === 1000 ? 'healthy' : 'unhealthy'}`,
      'repaired: FILE is of uid 1000, expected 1000: healthy',
      'repaired: /etc/passwd is of uid (none inside), expected 1000: unhealthy',
    ])
  })
})
