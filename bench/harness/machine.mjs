import { cpus, loadavg, release, totalmem } from 'node:os'

export function describeMachine() {
  const processors = cpus()
  return {
    kernel: release(),
    architecture: process.arch,
    node: process.version,
    cpu: processors[0]?.model ?? 'unknown',
    processors: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    uid: process.getuid(),
  }
}

export function loadAverage() {
  return loadavg()[0]
}

/** Milliseconds of a fixed amount of arithmetic: how they scatter is the machine's noise, no contender's. */
export function calibrate() {
  const start = performance.now()
  let state = 1
  for (let i = 0; i < 5_000_000; i++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
  const time = performance.now() - start
  if (state === 0) throw new Error('unreachable: keeps the loop from being removed')
  return time
}
