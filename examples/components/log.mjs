// The launcher's own lines of the log, like those of the components: one JSON object each, with its namespace.

export function log(namespace, fields) {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...fields, namespace })}\n`)
}
