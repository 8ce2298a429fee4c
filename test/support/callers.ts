import type { Caller } from '../../lib/plan/caller.js'

/** An ordinary user of a host with subordinate ids. */
export const user: Caller = {
  uid: 1000,
  gid: 1001,
  mayMapAnyId: false,
  mayAdminister: false,
  isInInitialUserNamespace: true,
  mayDropBounding: false,
  mayRaiseLimits: false,
  overflowUid: 65534,
  overflowGid: 65534,
  subIds: () => [{ start: 100000, size: 65536 }],
  mapperCandidates: (kind) => [`/usr/bin/new${kind}map`],
  idIn: () => undefined,
  auditObstacle: () => undefined,
}
/** Of the host, but for CAP_SYS_RESOURCE. */
export const root: Caller = {
  ...user,
  uid: 0,
  gid: 0,
  mayMapAnyId: true,
  mayAdminister: true,
  mayDropBounding: true,
}
