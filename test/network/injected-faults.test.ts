import { mode } from '../support/modes'
import { describeWith } from '../support/needs'
import { runScript } from '../support/node-script'
import { refusing } from '../support/refusing'

/** Without privilege the owning user namespace is joined before any network. */
const joinsUser = mode === 'user'
const LAST_JOIN = joinsUser ? 3 : 2
/** Not by refusing(): with a seccomp filter strace injects no signals. */
const KILLED = 'sendto:signal=KILL:when=3'
/** When the pair is there, and its maker has not heard so. */
const KILLED_AT_ONCE = 'recvfrom:signal=KILL:when=1'
const killing = (inject: string) => [
  'strace',
  '-f',
  '-e',
  'quiet=all',
  '-o',
  '/dev/null',
  '-e',
  `trace=${inject.split(':')[0]}`,
  '-e',
  `inject=${inject}`,
]

describeWith(['strace', 'userns'], 'the making of the pair, or a step behind it, that fails', () => {
  test.each<[inject: string, expected: Record<string, unknown>]>([
    [`setns:error=EPERM:when=${LAST_JOIN}`, { step: 'join-net', code: 'EPERM', syscall: 'setns' }],
    ['recvfrom:error=ENOBUFS:when=1', { step: 'create-veth', code: 'ENOBUFS', target: 'x and y' }],
    [KILLED_AT_ONCE, { step: 'create-veth', code: 'ERR_NSKIT_SETUP_KILLED' }],
    ['sendto:error=ENOMEM:when=2', { step: 'set-link', code: 'ENOMEM', target: 'x' }],
    ['sendto:error=ENOBUFS:when=3', { step: 'set-link', code: 'ENOBUFS', target: 'y' }],
    [KILLED, { step: 'set-link', code: 'ERR_NSKIT_SETUP_KILLED', target: 'y' }],
    ['sendto:error=ENOMEM:when=4', { step: 'add-address', code: 'ENOMEM', target: '10.231.7.2/30 on y' }],
  ])('%s: the pair is deleted again', async (inject, expected) => {
    const [said] = await runScript(
      async ({ nskit, say, inventory, settled }, { joinsUser }) => {
        const one = await nskit.createNamespaces(['user', 'net'])
        const user = one.namespaces.get('user')!
        const other = await nskit.createNamespaces(['net'], { join: [user] })
        const [a, b] = [one, other].map(({ namespaces }) => namespaces.get('net')!)
        const links = async () => {
          const texts = [a!, b!].map((net) =>
            nskit.execFile('cat', ['/proc/self/net/dev'], { join: joinsUser ? [user, net] : [net] }),
          )
          return (await Promise.all(texts)).map(({ stdout }) => stdout.match(/^ *[^ :]+(?=:)/gm))
        }
        const linksBefore = JSON.stringify(await links())
        const before = inventory()
        const ends = [
          { namespace: a!, name: 'x' },
          { namespace: b!, name: 'y', address: '10.231.7.2/30' },
        ] as const
        const error = await nskit.createVethPair(...ends).then(
          () => ({ step: 'none' }),
          (reason) => reason,
        )
        const clean = await settled(before)
        say({ ...error, clean, links: JSON.stringify(await links()) === linksBefore })
      },
      { joinsUser },
      { through: inject.includes('KILL') ? killing(inject) : refusing(inject) },
    )
    expect(said).toMatchObject({ ...expected, clean: true, links: true })
  })
})
