#!/usr/bin/env node
import { cli } from './cli.js'
import { EXIT } from './command.js'
import { closeHungUp } from './hung-up.js'

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `nskit ls | head` ends the pipe early: nobody is left to write for, which is no error.
  if (error.code === 'EPIPE') return
  // A full disk: what was written is not whole.
  process.stderr.write(`nskit: standard output: ${error.message}\n`)
  process.exit(EXIT.failure)
})
// There is nowhere to tell of it.
process.stderr.on('error', () => {})
process.on('exit', closeHungUp)

cli(process.argv.slice(2), process).then((code) => {
  // Not process.exit(), which could cut what is still to be written.
  process.exitCode = code
})

// Without an export esbuild takes the file for CommonJS, whose imports must wait: every module that it shares with the
// package would be wrapped in a function of its own, at the cost of each import of the package.
// biome-ignore lint/complexity/noUselessEmptyExport: see above.
export {}
