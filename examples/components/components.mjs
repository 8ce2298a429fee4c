// The three components as data: what each sees, whom it may talk to, what it may use up.
import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sandboxSeccomp } from 'nskit'

const HERE = dirname(fileURLToPath(import.meta.url))
const MiB = 1 << 20

/** The programs of the host, and node, which may lie elsewhere. */
const SYSTEM = [
  ...['/usr', '/bin', '/sbin', '/lib', '/lib64'].filter((path) => existsSync(path)).map(systemFolder),
  ...(process.execPath.startsWith('/usr/') ? [] : [readonlyBind(process.execPath)]),
  { type: 'dev', destination: '/dev' },
]

function systemFolder(path) {
  // /bin and its kin are links into /usr today.
  if (!lstatSync(path).isSymbolicLink()) return readonlyBind(path)
  return { type: 'symlink', target: readlinkSync(path), destination: path }
}

function readonlyBind(source, destination = source) {
  return { type: 'bind', source, destination, readonly: true, nosuid: true }
}

/** The files of one component's code, and no others. */
function code(name) {
  return [`${name}.mjs`, 'serve.mjs'].map((file) => readonlyBind(join(HERE, file), `/app/${file}`))
}

/** Bytes, and processes and threads. As rlimits they hold for each process, and for each user's; in a cgroup for all. */
const LIMITS = { memory: 1024 * MiB, processes: 128 }

const ISOLATION = {
  unshare: ['user', 'pid', 'mnt', 'ipc', 'uts', 'cgroup'],
  root: 'empty',
  rootReadonly: true,
  capabilities: 'none',
  noNewPrivileges: true,
  seccomp: sandboxSeccomp(),
  rlimits: {
    RLIMIT_DATA: LIMITS.memory,
    RLIMIT_NPROC: LIMITS.processes,
    RLIMIT_FSIZE: 8 * MiB,
    RLIMIT_CORE: 0,
  },
  sessionKeyring: 'new',
  cwd: '/',
}

const EXECUTOR = { host: '10.77.1.2', port: 7001, caller: '10.77.1.1' }
const BACKEND = { host: '10.77.2.2', port: 7002, caller: '10.77.2.1' }

/**
 * `limits`: of its cgroup. `firewall`: of its network namespace. `isolation`: options of spawn.
 * @typedef {{ limits: object, env: object, firewall: import('nskit').FirewallPolicy }} Setting
 * @type {Record<'executor' | 'backend' | 'orchestrator', Setting & { isolation: import('nskit').SpawnOptions }>}
 */
export const COMPONENTS = {
  executor: {
    limits: LIMITS,
    env: { PORT: String(EXECUTOR.port) },
    firewall: { allow: [{ direction: 'in', protocol: 'tcp', from: EXECUTOR.caller, port: EXECUTOR.port }] },
    isolation: {
      ...ISOLATION,
      mounts: [
        ...SYSTEM,
        ...code('executor'),
        { type: 'tmpfs', destination: '/work', size: 16 * MiB, mode: 0o777 },
      ],
    },
  },
  backend: {
    limits: LIMITS,
    env: { PORT: String(BACKEND.port) },
    firewall: { allow: [{ direction: 'in', protocol: 'tcp', from: BACKEND.caller, port: BACKEND.port }] },
    isolation: {
      ...ISOLATION,
      mounts: [...SYSTEM, ...code('backend'), readonlyBind(join(HERE, 'model'), '/model')],
    },
  },
  orchestrator: {
    limits: LIMITS,
    env: { EXECUTOR: `${EXECUTOR.host}:${EXECUTOR.port}`, BACKEND: `${BACKEND.host}:${BACKEND.port}` },
    firewall: {
      allow: [EXECUTOR, BACKEND].map(({ host, port }) => ({
        direction: 'out',
        protocol: 'tcp',
        to: host,
        port,
      })),
    },
    isolation: {
      ...ISOLATION,
      mounts: [
        ...SYSTEM,
        ...code('orchestrator'),
        {
          type: 'file',
          destination: '/secrets/token',
          content: process.env.ORCHESTRATOR_TOKEN ?? 'none\n',
          mode: 0o444,
        },
      ],
    },
  },
}

/** Who is wired to whom: a pair of links for each. */
export const WIRES = [
  { from: 'orchestrator', to: 'executor', link: 'executor', address: EXECUTOR },
  { from: 'orchestrator', to: 'backend', link: 'backend', address: BACKEND },
]
