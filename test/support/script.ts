import { spawn } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(__dirname, '../..')

export interface ScriptResult {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/**
 * Runs CommonJS code in a Node of its own, with `require('nskit')` being the built package: for what jest's own
 * process, with its workers and its copy of process.env, cannot show.
 */
export function runScript(code: string, env: NodeJS.ProcessEnv = {}): Promise<ScriptResult> {
  const child = spawn(process.execPath, ['-e', code], { cwd: ROOT, env: { ...process.env, ...env } })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit, signal) => resolve({ code: exit, signal, ...output }))
  })
}
