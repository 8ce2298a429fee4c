/** What api.ts loads at the first call. */

export { formatOciSpec } from './format.js'
export { fromOciSpec } from './from-spec.js'
export { toOciSpec } from './to-spec.js'
