import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SetupStep } from '../../lib/index'
import { NAMESPACE_TYPES, type NamespaceType } from '../../lib/tables/namespaces'
import { ROOT, textOf } from './snippets'

type Family<S> = S extends `join-${NamespaceType}`
  ? 'join-TYPE'
  : S extends `create-${NamespaceType}`
    ? 'create-TYPE'
    : S

/** Complete, or it does not compile: the type checker compares it with the steps there are. */
const STEPS: Record<Family<SetupStep>, true> = {
  launch: true,
  'open-null': true,
  'open-proc': true,
  'join-TYPE': true,
  'start-helper': true,
  'create-TYPE': true,
  'write-setgroups': true,
  'write-uid-map': true,
  'write-gid-map': true,
  'write-time-offsets': true,
  'set-groups': true,
  'become-root': true,
  'set-gid': true,
  'set-uid': true,
  'set-hostname': true,
  'set-domainname': true,
  'bring-up-loopback': true,
  'add-loopback-address': true,
  'create-veth': true,
  'set-link': true,
  'add-address': true,
  'apply-firewall': true,
  'create-id-mapping': true,
  'new-root': true,
  'open-source': true,
  'bind-mount': true,
  'mount-tmpfs': true,
  'mount-sysfs': true,
  'mount-mqueue': true,
  'mount-devpts': true,
  'mount-cgroup2': true,
  'mount-overlay': true,
  'make-directory': true,
  'make-symlink': true,
  'write-file': true,
  'mask-path': true,
  'make-readonly': true,
  'pivot-root': true,
  'set-login-uid': true,
  'enter-cgroup': true,
  'new-keyring': true,
  'set-limits': true,
  'drop-bounding': true,
  'keep-capabilities': true,
  'set-capabilities': true,
  'no-new-privileges': true,
  seccomp: true,
  'set-propagation': true,
  'mount-proc': true,
  fork: true,
  'start-init': true,
  'new-session': true,
  'change-directory': true,
  'move-descriptors': true,
  'die-with-parent': true,
  hold: true,
  'open-namespace': true,
  'bind-namespace': true,
  leave: true,
  exec: true,
}

const text = textOf('docs/errors.md')

it('the table of steps has each step once, and no others', () => {
  const table = text.slice(text.indexOf('## Steps'), text.indexOf('## Codes'))
  const listed = [...table.matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1])
  expect([...listed].sort()).toEqual(Object.keys(STEPS).sort())
})

it('the namespace types are all named', () => {
  const named = /TYPE is one of ([^.]*)\./.exec(text)?.[1]
  expect(named?.split(', ').sort()).toEqual([...NAMESPACE_TYPES].sort())
})

it("every code of nskit's own is explained", () => {
  const codes = new Set(
    readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => readFileSync(join(ROOT, 'lib', name), 'utf8').match(/\bERR_NSKIT_\w+/g) ?? []),
  )
  expect(codes.size).toBeGreaterThan(0)
  for (const code of codes) expect(text).toContain(`| \`${code}\` |`)
})
