/** Capabilities by their numbers (capabilities(7), linux/capability.h): the index is the bit. */

export type CapabilityName = `CAP_${string}`

export const CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
] as const satisfies readonly CapabilityName[]

/** The name of a bit; CAP_41 and so on for one that is not in the table, so that it stays visible. */
export function capabilityName(bit: number): CapabilityName {
  return CAPABILITIES[bit] ?? `CAP_${bit}`
}

/** The bit of a name, also of one like CAP_41; undefined for what is no capability. */
export function capabilityBit(name: string): number | undefined {
  const known = (CAPABILITIES as readonly string[]).indexOf(name)
  if (known >= 0) return known
  const numbered = /^CAP_([1-9][0-9]?)$/.exec(name)
  const bit = Number(numbered?.[1])
  return bit >= CAPABILITIES.length && bit < 64 ? bit : undefined
}

/** The set that a mask of /proc/PID/status stands for, in the order of the bits. */
export function capabilitySet(mask: bigint): ReadonlySet<CapabilityName> {
  const names = new Set<CapabilityName>()
  for (let bit = 0, rest = mask; rest !== 0n; bit++, rest >>= 1n) {
    if (rest & 1n) names.add(capabilityName(bit))
  }
  return names
}
