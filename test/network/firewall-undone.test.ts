import { applyFirewall, type CapabilityName, execFile } from '../../lib/index'
import { describeWith } from '../support/needs'
import { sandboxes } from './sandboxes'

/** Prints for each way around a policy whether it is open: to take it away, and to send past it. */
const ATTACK = `
import socket, subprocess
print(subprocess.run(['nft', 'flush', 'ruleset'], stderr=subprocess.DEVNULL).returncode)
try:
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    packets.bind(('lo', 0))
    print(packets.send(bytes(60)))
except PermissionError as error: print(error.strerror)
`
const REFUSED = 'Operation not permitted'

describeWith(['userns', 'nft', 'python3'], 'a policy, against the command itself', () => {
  test.each<[capabilities: 'keep' | 'none' | CapabilityName[], answers: string[], rules: boolean]>([
    ['keep', ['0', '60'], false],
    [['CAP_NET_ADMIN'], ['0', REFUSED], false],
    [['CAP_NET_RAW'], ['1', '60'], true],
    ['none', ['1', REFUSED], true],
  ])('holds as far as its capabilities let it: %j', async (capabilities, answers, rules) => {
    await using set = await sandboxes(1)
    const [net] = set.nets
    const [join] = set.joins
    await applyFirewall(net!, {})
    const env = { PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
    const { stdout } = await execFile('python3', ['-c', ATTACK], { join: join!, env, capabilities })
    expect(stdout.trim().split('\n')).toEqual(answers)
    const left = await execFile('nft', ['list', 'tables'], { join: join!, env })
    expect(left.stdout).toBe(rules ? 'table inet nskit\n' : '')
  })
})
