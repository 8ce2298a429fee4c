import { once } from 'node:events'
import { execFile, type Namespace, spawn } from '../../lib/index'

/** Says its name to who connects, and echoes what a datagram brings. Both families. */
const SERVER = `
const [name, ...ports] = process.argv.slice(1)
const ready = ports.map((port) => new Promise((resolve) => {
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => {})
    socket.end(name)
  })
  server.listen(Number(port), '::', () => {
    const datagrams = require('node:dgram').createSocket({ type: 'udp6', ipv6Only: false })
    datagrams.on('message', (message, { port, address }) => datagrams.send(name, port, address, () => {}))
    datagrams.bind(Number(port), resolve)
  })
}))
Promise.all(ready).then(() => console.log('listening'))
`

/** Every attempt at once, each to its first answer, its error, or the end of its patience. */
const CLIENT = `
const attempts = JSON.parse(process.argv[1])
const tcp = ({ host, port }, settle) => {
  const socket = require('node:net').connect(port, host)
  socket.once('data', (data) => settle(String(data)))
  socket.once('error', (error) => settle(error.code))
}
const udp = ({ host, port }, settle) => {
  const socket = require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4')
  socket.once('message', (data) => settle(String(data)))
  socket.once('error', (error) => settle(error.code))
  socket.send('?', port, host, (error) => error && settle(error.code))
}
Promise.all(attempts.map((attempt) => new Promise((resolve) => {
  setTimeout(resolve, attempt.patience, 'silence');
  (attempt.protocol === 'udp' ? udp : tcp)(attempt, resolve)
}))).then((results) => {
  console.log(JSON.stringify(results))
  process.exit()
})
`

export interface Server extends AsyncDisposable {
  readonly pid: number
}

/** Listens in there for TCP and UDP, and answers with `name`. */
export async function serve(
  join: readonly Namespace[],
  ports: readonly number[],
  name = 'hello',
): Promise<Server> {
  const child = spawn(process.execPath, ['-e', SERVER, name, ...ports.map(String)], {
    join,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout!, 'data')
  return { pid: child.pid!, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}

export interface Attempt {
  readonly host: string
  readonly port: number
  readonly protocol?: 'tcp' | 'udp'
  /** Given where nothing is expected to come: no measure of anything, as the others have 20 s. */
  readonly patience?: number
}

/** What comes back: what the server said, an error's code, or 'silence'. */
export async function reach(join: readonly Namespace[], attempts: readonly Attempt[]): Promise<string[]> {
  const patient = attempts.map((attempt) => ({ patience: 20_000, ...attempt }))
  const { stdout } = await execFile(process.execPath, ['-e', CLIENT, JSON.stringify(patient)], { join })
  return JSON.parse(stdout)
}

/** The names of the links in there. */
export async function links(join: readonly Namespace[] = []): Promise<string[]> {
  // /proc/net shows the reader's own, whoever has mounted /proc.
  const { stdout } = await execFile('cat', ['/proc/self/net/dev'], { join })
  return stdout
    .split('\n')
    .flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? [])
    .sort()
}
