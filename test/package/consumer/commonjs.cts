import nskit = require('nskit')
import raw = require('nskit/raw')

const options: nskit.SpawnOptions = { unshare: ['user', 'net'] }
export const child: nskit.NamespacedProcess = nskit.spawn('true', [], options)
export const done: Promise<nskit.Exit> = child.exited
export const flag: number = raw.CLONE_NEWNET
// @ts-expect-error: there is no such namespace.
nskit.spawn('true', [], { unshare: ['mount'] })
