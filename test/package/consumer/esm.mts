import { IdMap, type NamespacedProcess, SetupError, type SpawnOptions, spawn } from 'nskit'
import { CLONE_NEWNET, unshare } from 'nskit/raw'

const options: SpawnOptions = { unshare: ['user', 'pid'], uidMap: IdMap.identity }
export const child: NamespacedProcess = spawn('true', [], options)
export const { exitCode }: { exitCode: number | null } = await child.exited
export const flag: number = CLONE_NEWNET
export const change: (flags: number) => void = unshare
export const isOurs: (value: unknown) => boolean = SetupError.is
// @ts-expect-error: a misspelt option.
spawn('true', [], { unshar: ['user'] })
