// One component, started in its boundaries.
import { IdMap, spawn } from 'nskit'
import { COMPONENTS } from './components.mjs'

/** Host ids, when root starts them: each component has its own, and none is an id of the host's users. */
const FIRST_ID = 700_000
const IDS = 65_536

/** `program`: another in its place. `change`: of the options of spawn. The tests attack a component with both. */
export function start(name, network, { cgroup, env, program, change = (options) => options } = {}) {
  const component = COMPONENTS[name]
  const [command, ...args] = program ?? [process.execPath, `/app/${name}.mjs`]
  const options = {
    ...component.isolation,
    ...idsOf(name),
    name,
    hostname: name,
    join: [network],
    env: { PATH: '/usr/bin:/bin', ...component.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a session of its own: Ctrl-C reaches the launcher alone, and no terminal reaches the component.
    detached: true,
    dieWithParent: true,
    ...(cgroup === undefined ? {} : { cgroup }),
  }
  const child = spawn(command, args, change(options))
  // `spawned` and `exited` tell it; an event that nobody hears would end the launcher.
  child.on('error', () => {})
  return child
}

/** Where the launcher has but the ids of an ordinary user, or a container's, its own is the only one it can give. */
export function idsOf(name) {
  const first = FIRST_ID + Object.keys(COMPONENTS).indexOf(name) * IDS
  const last = first + IDS - 1
  if (IdMap.read('self', 'uid').toHost(last) === undefined) return {}
  const map = [{ containerID: 0, hostID: first, size: IDS }]
  return { uidMap: map, gidMap: map, uid: 1000, gid: 1000 }
}
