import { readFileSync } from 'node:fs'
import { CAPABILITIES, capabilityBit, capabilityName, capabilitySet } from '../../lib/status/index.js'

describe('capabilities', () => {
  test('the table has all that linux/capability.h had by 6.18, at their bits', () => {
    expect(CAPABILITIES).toHaveLength(41)
    expect(new Set(CAPABILITIES).size).toBe(41)
    expect([0, 5, 6, 7, 8, 12, 13, 18, 19, 21, 27, 31, 37, 40].map((bit) => CAPABILITIES[bit])).toEqual([
      'CAP_CHOWN',
      'CAP_KILL',
      'CAP_SETGID',
      'CAP_SETUID',
      'CAP_SETPCAP',
      'CAP_NET_ADMIN',
      'CAP_NET_RAW',
      'CAP_SYS_CHROOT',
      'CAP_SYS_PTRACE',
      'CAP_SYS_ADMIN',
      'CAP_MKNOD',
      'CAP_SETFCAP',
      'CAP_AUDIT_READ',
      'CAP_CHECKPOINT_RESTORE',
    ])
  })

  test('the running kernel has none that has no name', () => {
    const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'))
    for (let bit = 0; bit <= Math.min(last, 40); bit++) expect(capabilityName(bit)).toBe(CAPABILITIES[bit])
  })

  test('bits without a name stay visible', () => {
    expect([...capabilitySet(0xc000020000000001n)]).toEqual(['CAP_CHOWN', 'CAP_41', 'CAP_62', 'CAP_63'])
    expect(capabilitySet(0n).size).toBe(0)
    expect(capabilitySet((1n << 64n) - 1n).size).toBe(64)
  })

  test('names and bits are each other’s inverse', () => {
    for (let bit = 0; bit < 64; bit++) expect(capabilityBit(capabilityName(bit))).toBe(bit)
    for (const name of ['CAP_40', 'CAP_0', 'CAP_64', 'CAP_041', 'cap_chown', 'CHOWN', 'CAP_', '']) {
      expect(capabilityBit(name)).toBeUndefined()
    }
  })
})
