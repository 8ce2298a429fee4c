// The tool executor: runs what the orchestrator asks for, on files of its work directory. Whatever those tools do,
// they do with what this component may.
import { execFile } from 'node:child_process'
import { serve } from './serve.mjs'

const LIMITS = { cwd: '/work', timeout: 10_000, maxBuffer: 1 << 20 }

serve('executor', Number(process.env.PORT), ({ command, args = [] }) => {
  return new Promise((resolve) => {
    execFile(command, args, LIMITS, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (error.code ?? error.signal), stdout, stderr })
    })
  })
})
