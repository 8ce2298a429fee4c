import { type Command, EXIT, USAGE_EXIT } from '../command.js'
import { json } from '../text.js'
import { readRequest, TRANSLATE_OPTIONS } from '../translate/request.js'
import { sentence } from '../translate/sentence.js'
import { translateAll } from '../translate/translate.js'

export const translate: Command = {
  summary: 'Translate an id, or the owner of a file, between a host and a user namespace.',
  usage: ['ID|PATH (--pid PID | --map INSIDE:HOST:SIZE) [--kind uid|gid] [--from host|inside] [--json]'],
  description: [
    `Says which id inside a user namespace a host id is, or the other way round. Host ids are those that you see; of
    your own namespace, those of its parent.`,
    'ID is a uid, or with --kind gid a gid. PATH is a file: its owner and its group; ./5 is a file, 5 is an id.',
  ],
  options: { Options: TRANSLATE_OPTIONS },
  operands: 'file',
  exits: [['0', 'done'], ['1', 'an id is not mapped, or there is no such file or process'], USAGE_EXIT],
  examples: [
    { command: 'nskit translate 101000 --pid 4242', does: 'Who a host uid is in the namespace of a process' },
    {
      command: 'nskit translate 1000 --from inside --kind gid --map 0:100000:65536',
      does: 'The host gid of a gid inside, by a map',
    },
    { command: 'nskit translate ./volume --pid 4242 --json', does: 'The owner and the group of a file' },
  ],
  run(args, { stdout, stderr }) {
    const request = readRequest(args)
    const translations = translateAll(request)
    const isMapped = translations.every(({ inside, host }) => inside !== undefined && host !== undefined)
    if (request.json) {
      const { path, pid, map } = request
      stdout.write(json({ path, pid, map, ids: translations }))
    } else {
      const out = isMapped ? stdout : stderr
      for (const each of translations) out.write(`${sentence(each, request)}\n`)
    }
    return isMapped ? EXIT.ok : EXIT.failure
  },
}
