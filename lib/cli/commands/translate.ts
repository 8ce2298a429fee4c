import { type Command, EXIT } from '../command.js'
import { json } from '../text.js'
import { readRequest } from '../translate/request.js'
import { sentence } from '../translate/sentence.js'
import { translateAll } from '../translate/translate.js'

export const translate: Command = {
  summary: 'Translate an id, or the owner of a file, between a host and a user namespace.',
  help: `Usage: nskit translate ID|PATH (--pid PID | --map INSIDE:HOST:SIZE) [--kind uid|gid] [--from host|inside] [--json]

Says which id inside a user namespace a host id is, or the other way round. Host ids are those that you
see; of your own namespace, those of its parent.

  ID               an id: a uid, or with --kind gid a gid
  PATH             a file: its owner and its group; ./5 is a file, 5 is an id
      --pid PID    the maps of this process's user namespace
      --map MAP    this map, of uids and gids; several entries with commas
      --kind KIND  uid or gid. Default: uid for an ID, both for a PATH
      --from SIDE  host: the id is the host's (default); inside: it is the namespace's
      --json       an object; an id that is not mapped is null

Exits with 1 where an id is not mapped.
`,
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
