/** The note that a doctor command prints: read top-down, it says what failed, why, and what to do. */

import { kindOfStep } from './kind.js'
import { strerror } from './strerror.js'
import { commonSymptom } from './symptoms.js'
import type { DenialCause, ProbeDenial, Remedy } from './types.js'
import { isUnchecked } from './unchecked.js'

const CAUSES: Readonly<Record<DenialCause, string>> = {
  apparmor: 'AppArmor',
  selinux: 'SELinux',
  seccomp: 'a seccomp filter',
  'sysctl-unprivileged-userns': 'the sysctl kernel.unprivileged_userns_clone',
  'namespace-limit': 'the limit on namespaces',
  'nesting-limit': 'the limit on nested namespaces',
  chroot: 'the chroot around this process',
  initramfs: 'the initramfs, which pivot_root(2) does not leave',
  'unmapped-ids': 'ids that the user namespace does not map',
  'missing-capability': 'a missing capability',
  setgroups: "setgroups, which is not or may not be 'deny'",
  subids: 'subordinate ids, or the helpers that map them',
  'masked-proc': 'a /proc that is masked, read-only or missing',
  'no-new-privileges': 'no_new_privs, under which setuid helpers have no power',
  'kernel-config': 'the kernel, which is built without it',
  'program-missing': 'the program is missing',
  timeout: 'no answer in time',
  'unsupported-platform': 'the platform, which has no Linux namespaces',
  unknown: 'not known',
}

const NAMES: Readonly<Record<ProbeDenial['kind'], string>> = {
  user: 'user namespaces',
  pid: 'pid namespaces',
  mnt: 'mount namespaces',
  net: 'network namespaces',
  ipc: 'ipc namespaces',
  uts: 'uts namespaces',
  cgroup: 'cgroup namespaces',
  time: 'time namespaces',
}

/** What else is refused where the namespace itself could be made. */
const IN_THEM: Readonly<Partial<Record<ProbeDenial['kind'], string>>> = {
  mnt: 'mounts',
  net: 'the loopback',
  uts: 'a hostname',
}

const WARNING =
  'Do not give a container broad privileges (--privileged, CAP_SYS_ADMIN, unconfined profiles) for the sake of a sandbox inside it: whoever gets out of the sandbox is then held by nothing.'

/** `program`: who cannot work now, for the headline. */
export function formatDenial(denial: ProbeDenial, options: { program?: string } = {}): string {
  return [
    headline(denial, options.program),
    '',
    ...section('Probe', [resultLine(denial), `$ ${denial.command}`, ...denial.reason.split('\n')]),
    ...section('Cause', [
      causeLine(denial),
      ...denial.evidence.map(({ source, value }) => `${source}: ${value}`),
    ]),
    ...section('Seen elsewhere as', symptoms(denial)),
    ...remedySections(denial.remedies),
    // Where nothing was denied nobody will reach for privileges.
    ...(isUnchecked(denial) ? [] : [WARNING, '']),
  ].join('\n')
}

function headline(denial: ProbeDenial, program: string | undefined): string {
  const { cause } = denial
  const what = `${denied(denial)}${program === undefined ? '' : `, which ${program} needs`}`
  if (cause === 'program-missing') return `${program ?? 'The program'} could not be run.`
  if (cause === 'unsupported-platform') return 'This platform has no Linux namespaces.'
  if (isUnchecked(denial)) return `It could not be found out whether this host allows ${what}.`
  return `This host denies ${what}.`
}

function denied({ kind, step }: ProbeDenial): string {
  const inside = step.startsWith('create-') ? undefined : IN_THEM[kind]
  return inside === undefined ? NAMES[kind] : `${NAMES[kind]}, or ${inside} in them`
}

function resultLine({ step, syscall, code }: ProbeDenial): string {
  if (code === 'UNKNOWN') return `${step}: the program failed, in words that are not known`
  const words = strerror(code)
  return `${step}: ${syscall} failed with ${code}${words === code ? '' : ` (${words})`}`
}

const SURE = {
  certain: 'certain',
  likely: 'likely, not proven',
  unknown: 'what was read does not explain it',
} as const

function causeLine({ cause, confidence }: ProbeDenial): string {
  return `${CAUSES[cause]} (${SURE[confidence]})`
}

/** What bwrap, which maps one id itself, does not meet. */
const OTHERWISE_SEEN: ReadonlySet<DenialCause> = new Set([
  'subids',
  'no-new-privileges',
  'timeout',
  'program-missing',
  'unsupported-platform',
])

/** With the one that people search for, where the particular ones leave it out. */
function symptoms({ step, namespaces, kind, symptoms: particular, cause }: ProbeDenial): string[] {
  if (OTHERWISE_SEEN.has(cause)) return particular
  const common = kindOfStep(step, namespaces) === kind ? commonSymptom(step, namespaces) : undefined
  return common === undefined || particular.includes(common) ? particular : [...particular, common]
}

function remedySections(remedies: readonly Remedy[]): string[] {
  const scoped = remedies.filter(({ scope }) => scope !== 'host')
  const wide = remedies.filter(({ scope }) => scope === 'host')
  return [
    ...section(scoped.length > 1 ? 'Fix, the first that suits' : 'Fix', scoped.flatMap(remedyLines)),
    ...section(
      scoped.length > 0 ? 'Only if that is not possible, for the whole host' : 'Fix, for the whole host',
      wide.flatMap(remedyLines),
    ),
  ]
}

function remedyLines({ title, commands, file, tradeoff }: Remedy): string[] {
  return [
    `- ${title}`,
    ...(file === undefined
      ? []
      : [
          `  write ${file.path}:`,
          ...file.content
            .trimEnd()
            .split('\n')
            .map((line) => `    ${line}`.trimEnd()),
        ]),
    ...commands.map((command) => `  $ ${command}`),
    ...(tradeoff === undefined ? [] : [`  Trade-off: ${tradeoff}`]),
  ]
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => (line === '' ? '' : `  ${line}`)), '']
}
