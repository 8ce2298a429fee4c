/** Aborted when this process is asked to end: what runs is then cleared away first. */
export function interruption() {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => controller.abort(signal))
  return controller.signal
}
