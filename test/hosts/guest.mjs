// Runs a command of this machine's file system under another kernel:
//
//   node test/hosts/guest.mjs --kernel 6.1 [--user nobody] [--setup 'sysctl -w …'] -- COMMAND
//
// More: --env NAME=VALUE, --cwd FOLDER, --limit SECONDS (300), --console (the kernel's log to stderr).
//
// Exit status: the command's; 124 where the limit ended it, 125 where set-up failed or the guest died.
import { parseArgs } from 'node:util'
import { runGuest } from './guest/boot.mjs'
import { interruption } from './guest/interrupt.mjs'

const { values, positionals } = parseArgs({
  options: {
    kernel: { type: 'string' },
    user: { type: 'string' },
    setup: { type: 'string', multiple: true },
    env: { type: 'string', multiple: true },
    cwd: { type: 'string' },
    limit: { type: 'string', default: '300' },
    console: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})

const { status, console: log } = await runGuest(
  {
    kernel: values.kernel,
    user: values.user,
    setup: values.setup?.join('\n'),
    env: Object.fromEntries((values.env ?? []).map((each) => each.split(/=(.*)/s).slice(0, 2))),
    cwd: values.cwd ?? process.cwd(),
    command: positionals,
  },
  {
    onStdout: (data) => process.stdout.write(data),
    onStderr: (data) => process.stderr.write(data),
    timeout: Number(values.limit) * 1000,
    signal: interruption(),
  },
)
if (typeof status !== 'number' || values.console) process.stderr.write(`${log}\n`)
process.exitCode = { timeout: 124, died: 125, aborted: 130 }[status] ?? status
