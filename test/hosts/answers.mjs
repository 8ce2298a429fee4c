// answers.mjs KERNEL FILE: goes through the rows of FILE in one guest, or here ('this'); prints answers.
// A program of its own, as jest's modules cannot load the runner's.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { runGuest } from './guest/boot.mjs'
import { interruption } from './guest/interrupt.mjs'
import { tools } from './guest/tools.mjs'

const [kernel, file] = process.argv.slice(2)
const { main, guestSetup, profiles, user, limit } = JSON.parse(readFileSync(file, 'utf8'))
const command = [process.execPath, main, file]

if (kernel === 'this') {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] })
  child.once('close', (code) => {
    process.exitCode = code ?? 1
  })
} else {
  const setup = ['sh', '-e', guestSetup, tools(), profiles, user.name, String(user.uid)]
  const job = { kernel, command, setup: setup.map((word) => `'${word}'`).join(' ') }
  const { status, console: log } = await runGuest(job, {
    onStdout: (part) => process.stdout.write(part),
    onStderr: (part) => process.stderr.write(part),
    timeout: limit,
    signal: interruption(),
  })
  if (status !== 0) process.stderr.write(`the guest: ${status}\n${log}\n`)
  process.exitCode = status === 0 ? 0 : 1
}
