// Spoilt status files: each is refused with a reason or read as one row, and nothing beside its text is looked at.
import { join } from 'node:path'
import { TREE } from '../../support/checks.mjs'
import { PROGRAMS, SANITIZE, WARN } from '../build.mjs'

const TEXTS = '40000'

export const statusParser = {
  name: 'status parser, spoilt files under ASan and UBSan',
  async run(check, folder) {
    const sources = [join(PROGRAMS, 'status_mutations.cpp'), join(TREE, 'native/addon/status_parse.cpp')]
    const program = join(folder, 'status_mutations')
    await check.exec(check.tool('g++'), [...WARN, ...SANITIZE, '-D_GNU_SOURCE', ...sources, '-o', program])
    return check.exec(program, [TEXTS])
  },
}
