import type { OciMount } from './types.js'

/** Recursive, and with nothing of what is mounted later on either side. `attributes` hold in its submounts too. */
export function plainBind(source: string, destination: string, attributes: readonly string[]): OciMount {
  return {
    destination,
    type: 'bind',
    source,
    options: ['rbind', 'rprivate', ...attributes.flatMap((each) => [each, `r${each}`])],
  }
}
