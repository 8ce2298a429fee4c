import type { Kernel } from '../row'

export const EVERYWHERE: readonly Kernel[] = ['5.10', '6.1', '6.12', 'this']
export const GUESTS: readonly Kernel[] = ['5.10', '6.1', '6.12']

/** What a sandbox without egress asks for. */
export const SANDBOX = { namespaces: ['user', 'mnt', 'pid', 'net', 'uts', 'ipc'] } as const
export const USER = { namespaces: ['user'] } as const

/** Subordinate ids of the ordinary user, in a guest. */
export const GRANT = 'for each in uid gid; do echo ordinary:200000:65536 >/etc/sub$each; done'
export const REVOKE = ': >/etc/subuid; : >/etc/subgid'
