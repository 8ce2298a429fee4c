/** 127.0.0.1/8 for lo, as rtnetlink(7) takes it. The kernel adds it too where lo comes up; bwrap asks for it. */

import type { PlanStep } from '../plan/steps.js'

const RTM_NEWADDR = 20
/** NLM_F_REQUEST, ACK, EXCL, CREATE. */
const FLAGS = 0x1 | 0x4 | 0x200 | 0x400
const AF_INET = 2
const IFA_F_PERMANENT = 0x80
const RT_SCOPE_HOST = 254
/** The first link of every network namespace. */
const LOOPBACK_INDEX = 1
const IFA_ADDRESS = 1
const IFA_LOCAL = 2

export const LOOPBACK_ADDRESS: PlanStep = {
  op: 'Netlink',
  step: 'add-loopback-address',
  message: request(),
  link: undefined,
  mayExist: true,
  target: 'lo',
  detail: '127.0.0.1/8 on lo',
}

function request(): Uint8Array {
  const message = Buffer.alloc(40)
  message.writeUInt32LE(message.length, 0)
  message.writeUInt16LE(RTM_NEWADDR, 4)
  message.writeUInt16LE(FLAGS, 6)
  message.set([AF_INET, 8, IFA_F_PERMANENT, RT_SCOPE_HOST], 16)
  message.writeUInt32LE(LOOPBACK_INDEX, 20)
  message.set([8, 0, IFA_LOCAL, 0, 127, 0, 0, 1], 24)
  message.set([8, 0, IFA_ADDRESS, 0, 127, 0, 0, 1], 32)
  return message
}
