/**
 * Every reading of the host that a diagnosis may need. Never throws: what cannot be read is a fact as well.
 */

import { type EnvironmentFacts, readEnvironmentFacts } from './facts/environment.js'
import { valueIn } from './facts/fact.js'
import { type KernelFacts, readKernelFacts } from './facts/kernel.js'
import { type LsmFacts, readLsmFacts } from './facts/lsm.js'
import { type MountFacts, readMountFacts } from './facts/mounts.js'
import { type Asked, type ProcessFacts, readProcessFacts } from './facts/process.js'
import { type FactSource, hostSource } from './facts/source.js'
import { readSubIdFacts, type SubIdFacts } from './facts/subids.js'

export type { Fact, Known, Unreadable } from './facts/fact.js'
export { evidenceOf, isKnown, known, unreadable, valueIn } from './facts/fact.js'
export type { Asked } from './facts/process.js'
export { type FactSource, hostSource } from './facts/source.js'

export interface HostFacts {
  readonly platform: NodeJS.Platform
  /** The program that asked: AppArmor attaches by its path. */
  readonly program: string
  readonly kernel: KernelFacts
  readonly process: ProcessFacts
  readonly lsm: LsmFacts
  readonly mounts: MountFacts
  readonly environment: EnvironmentFacts
  readonly subids: SubIdFacts
}

/** `asked`: answers of system calls that the caller has made. */
export function readFacts(asked: Asked = {}, source: FactSource = hostSource()): HostFacts {
  const process = readProcessFacts(source, asked)
  const mounts = readMountFacts(source)
  return {
    platform: source.platform,
    program: source.program,
    kernel: readKernelFacts(source),
    process,
    lsm: readLsmFacts(source),
    mounts,
    environment: readEnvironmentFacts(source),
    subids: readSubIdFacts(source, valueIn(process.uid), mounts.table),
  }
}
