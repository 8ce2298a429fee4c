// The log: one JSON object a line, each with the component that it is of.
import { createInterface } from 'node:readline'

export function log(component, fields) {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...fields, component })}\n`)
}

/** Every line that a component writes, until it has closed the stream. An object keeps its fields. */
export async function logLines(component, stream, input) {
  for await (const line of createInterface({ input })) log(component, { stream, ...fieldsOf(line) })
}

function fieldsOf(line) {
  try {
    const value = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Not of ours: a stack, a message of node's.
  }
  return { message: line }
}
