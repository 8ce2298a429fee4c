// What a guest says comes through sockets that QEMU connects to.
import { createServer } from 'node:net'
import { join } from 'node:path'

/** `readers`: the name of a port, and who takes its data. */
export async function listenTo(folder, readers) {
  const ports = await Promise.all(
    Object.entries(readers).map(([name, read]) => listen(name, join(folder, `${name}.sock`), read)),
  )
  return {
    arguments: ports.flatMap(({ name, path }) => [
      ...['-chardev', `socket,id=${name},path=${path}`],
      ...['-device', `virtserialport,chardev=${name},name=${name}`],
    ]),
    /** All was read that was sent. Nobody sends any more: QEMU is gone. */
    async finish() {
      for (const { server } of ports) server.close()
      await Promise.all(ports.map(({ finished }) => finished()))
    },
  }
}

async function listen(name, path, read = () => {}) {
  const connections = []
  const server = createServer((socket) => {
    const ended = new Promise((resolve) => {
      socket.once('close', resolve)
    })
    connections.push(ended)
    socket.on('error', () => {}).on('data', read)
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  return { name, path, server, finished: () => Promise.all(connections) }
}
