/** 127.0.0.1/8 for lo. The kernel adds it too where lo comes up; bwrap asks for it. */

import { newLoopbackAddress } from '../network/rtnetlink.js'
import type { PlanStep } from '../plan/steps.js'

export const LOOPBACK_ADDRESS: PlanStep = {
  op: 'Netlink',
  step: 'add-loopback-address',
  message: newLoopbackAddress(),
  link: undefined,
  mayExist: true,
  target: 'lo',
  detail: '127.0.0.1/8 on lo',
}
