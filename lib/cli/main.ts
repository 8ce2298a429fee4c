#!/usr/bin/env node
import { cli } from './cli.js'

// `nskit ls | head` ends the pipe early: nobody is left to write for, which is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

cli(process.argv.slice(2), process).then((code) => {
  // Not process.exit(), which could cut what is still to be written.
  process.exitCode = code
})
