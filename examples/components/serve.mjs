// What the executor and the backend have in common: JSON in, JSON out, one line of log for each request.
import { createServer } from 'node:http'

const MAX_BODY = 1 << 20

export function log(event, fields = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
}

export function serve(name, port, answer) {
  const server = createServer(async (request, response) => {
    try {
      const asked = await readJson(request)
      const said = await answer(asked)
      log('answered', { asked })
      response.end(JSON.stringify(said))
    } catch (error) {
      log('failed', { error: String(error) })
      response.writeHead(400).end(JSON.stringify({ error: String(error) }))
    }
  })
  server.listen(port, () => log('ready', { name, port }))
  // PID 1 forwards it: an orderly end.
  process.on('SIGTERM', () => process.exit(0))
}

async function readJson(request) {
  let text = ''
  for await (const part of request.setEncoding('utf8')) {
    text += part
    if (text.length > MAX_BODY) throw new RangeError('the request is too long')
  }
  return JSON.parse(text)
}
