/** What other programs and APIs call what is an option here: too far from its name for a misspelling. */

const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  // spawn()'s
  dir: ['cwd'],
  directory: ['cwd'],
  workdir: ['cwd'],
  workingdirectory: ['cwd'],
  chdir: ['cwd'],
  environment: ['env'],
  namespaces: ['unshare'],
  network: ['net', 'unshare'],
  mountnamespace: ['mnt'],
  user: ['user', 'uid'],
  group: ['gid'],
  additionalgids: ['groups'],
  supplementarygroups: ['groups'],
  caps: ['capabilities'],
  limits: ['rlimits'],
  ulimits: ['rlimits'],
  nonewprivs: ['noNewPrivileges'],
  uidmappings: ['uidMap'],
  gidmappings: ['gidMap'],
  // Entries of mounts
  target: ['target', 'destination'],
  dst: ['destination'],
  dest: ['destination'],
  mountpoint: ['destination'],
  path: ['destination'],
  src: ['source', 'target'],
  source: ['source', 'target'],
  ro: ['readonly'],
  // Entries of maps
  inside: ['containerID'],
  container: ['containerID'],
  outside: ['hostID'],
  host: ['hostID'],
  length: ['size'],
  count: ['size'],
  // Machines
  x86_64: ['x64'],
  amd64: ['x64'],
  aarch64: ['arm64'],
}

/** The one that `known` has; undefined where the word is nothing's. */
export function otherName(word: string, known: ReadonlySet<string>): string | undefined {
  const key = word.toLowerCase()
  return Object.hasOwn(OTHER_NAMES, key) ? OTHER_NAMES[key]?.find((name) => known.has(name)) : undefined
}
