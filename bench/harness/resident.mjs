import { freemem } from 'node:os'

const GIBIBYTE = 2 ** 30

/** Runs `work` with one more GiB resident in this process. Fails where the machine lacks the memory. */
export async function withGibibyte(work) {
  if (freemem() < 1.5 * GIBIBYTE) throw new Error('too little free memory')
  // Filled: pages that were never written to are not resident.
  const held = Buffer.alloc(GIBIBYTE, 1)
  await work()
  if (held.at(-1) !== 1) throw new Error('unreachable: keeps the buffer alive')
}
