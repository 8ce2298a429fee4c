/** The commands there are, in the order in which --help lists them. */

import type { Command } from './command.js'
import { audit } from './commands/audit.js'
import { completionOf } from './commands/completion.js'
import { doctor } from './commands/doctor.js'
import { explain } from './commands/explain.js'
import { helpOf } from './commands/help.js'
import { logs } from './commands/logs.js'
import { ls } from './commands/ls.js'
import { owner } from './commands/owner.js'
import { run } from './commands/run.js'
import { status } from './commands/status.js'
import { translate } from './commands/translate.js'

export const COMMANDS: Readonly<Record<string, Command>> = {
  doctor,
  run,
  explain,
  ls,
  status,
  translate,
  owner,
  logs,
  audit,
  completion: completionOf(() => COMMANDS),
  help: helpOf(() => COMMANDS),
}
