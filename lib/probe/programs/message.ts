import type { SetupStep } from '../../plan/steps.js'

/** One message of a program, as far as its versions agree. */
export interface Message {
  readonly says: RegExp
  readonly step: SetupStep
  /** Where the text names none, or a stale one. */
  readonly code?: string
  /** The namespaces were asked for in one call. */
  readonly together?: boolean
  /** newuidmap or newgidmap was to write the map. */
  readonly mapper?: boolean
}
