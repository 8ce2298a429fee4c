// The orchestrator: asks the model what to do, has the executor do it, and keeps the secrets to itself.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { log } from './serve.mjs'

const {
  EXECUTOR,
  BACKEND,
  PROMPT = 'which files are there?',
  ROUNDS = 'Infinity',
  PAUSE = '1000',
} = process.env

process.on('SIGTERM', () => process.exit(0))
log('ready', { secret: `${readFileSync('/secrets/token').length} bytes` })
let round = 0
while (round < Number(ROUNDS)) {
  try {
    const { tool } = await post(BACKEND, { prompt: PROMPT })
    const done = await post(EXECUTOR, tool)
    round++
    log('turn', { round, tool, ...done })
  } catch (error) {
    // Another component is starting, for the first time or again.
    log('failed', { error: error.message })
  }
  if (round < Number(ROUNDS)) await delay(Number(PAUSE))
}

function post(address, body) {
  const [host, port] = address.split(':')
  return new Promise((resolve, reject) => {
    const asking = request({ host, port, method: 'POST', timeout: 5000 }, async (response) => {
      let text = ''
      for await (const part of response.setEncoding('utf8')) text += part
      resolve(JSON.parse(text))
    })
    asking.on('timeout', () => asking.destroy(new Error(`${address} does not answer`)))
    asking.on('error', reject)
    asking.end(JSON.stringify(body))
  })
}
