import { applyFirewall, createNamespaces, execFile, Namespace, spawn } from '../../lib/index'
import { findNft } from '../../lib/network/nft'
import { expectNothingLeft } from '../support/leftovers'
import { describeWith } from '../support/needs'
import { nodeCommand } from '../support/node-script'
import { until } from '../support/wait'
import { sandboxes } from './sandboxes'

describeWith(['userns', 'nft'], 'nft', () => {
  test('is found without a PATH, and never in a relative one', () => {
    expect(findNft(undefined)).toMatch(/^\/(usr\/)?sbin\/nft$/)
    expect(findNft('.:bin::')).toBe(findNft(undefined))
    expect(findNft('/no/such/folder:/usr/sbin')).toBe('/usr/sbin/nft')
  })

  test('where it is missing, the error names the package', async () => {
    const [node, args] = nodeCommand(async ({ nskit, say }) => {
      const net = nskit.Namespace.of('self', 'net')
      const { step, code, target, hint } = await nskit.applyFirewall(net, {}).then(
        () => ({ step: 'none', code: '', target: '', hint: '' }),
        (error) => error,
      )
      say({ step, code, target, hint })
    })
    const hidden =
      'for folder in /usr/sbin /sbin; do mount -t tmpfs none $folder || exit; done; exec "$0" "$@"'
    const { stdout } = await execFile('/bin/sh', ['-c', hidden, node, ...args], {
      unshare: ['user', 'mnt'],
      env: { PATH: '/usr/bin:/bin' },
    })
    expect(JSON.parse(stdout)).toEqual({
      step: 'apply-firewall',
      code: 'ENOENT',
      target: 'nft',
      hint: expect.stringContaining('package nftables'),
    })
  })

  test('what it says of a refusal stands in the error, and the rules are as before', async () => {
    await using set = await sandboxes(1)
    const [net] = set.nets as [Namespace]
    const join = set.joins[0]!
    const list = async () => (await execFile(findNft(undefined), ['list', 'ruleset'], { join })).stdout
    // The kernel lets no other change a table that is owned, as long as its owner's socket is open (Linux 5.12).
    await using owner = spawn(findNft(undefined), ['-i'], { join, stdio: ['pipe', 'ignore', 'inherit'] })
    owner.stdin!.write('add table inet nskit { flags owner; }\n')
    await until(async () => (await list()).includes('flags owner'), 'the table to be owned')
    const before = await list()
    const refused = applyFirewall(net, {})
    await expect(refused).rejects.toMatchObject({
      step: 'apply-firewall',
      code: 'EPERM',
      syscall: 'nft',
      target: `net:[${net.ino}]`,
      message: expect.stringMatching(/Operation not permitted/),
    })
    expect(await list()).toBe(before)
  })

  test('works in a user namespace that has no root', async () => {
    await using set = await createNamespaces(['user', 'net'], { uidMap: 'self', gidMap: 'self' })
    await applyFirewall(set.namespaces.get('net')!, { allow: [{ direction: 'in', port: 8001 }] })
    const join = [...set.namespaces.values()]
    const capabilities = ['CAP_NET_ADMIN'] as const
    const listed = await execFile(findNft(undefined), ['list', 'ruleset'], { join, capabilities })
    expect(listed.stdout).toContain('dport 8001')
  })

  test('leaves no descriptor and no process', async () => {
    await using set = await sandboxes(1)
    await applyFirewall(set.nets[0]!, {})
    await expectNothingLeft(() => applyFirewall(set.nets[0]!, {}), ['descriptors', 'children'])
  })
})

describeWith('ordinary', 'a namespace that is not the own', () => {
  test('the missing capability is named', async () => {
    using host = Namespace.of('self', 'net')
    const refused = applyFirewall(host, {})
    await expect(refused).rejects.toMatchObject({
      step: 'join-net',
      code: 'EPERM',
      hint: expect.stringContaining('CAP_SYS_ADMIN is missing'),
    })
  })
})
