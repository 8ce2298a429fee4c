import { checkSandbox } from '../../examples/doctor'
import { spawnSync } from '../../lib/index'
import { describeWith } from '../support/needs'

const OFFLINE = [undefined, '', 'none']
const ONLINE = ['bridge', 'my-network']

describeWith('userns', 'where it works', () => {
  it.each([...OFFLINE, ...ONLINE])('network %j: nothing to say', async (network) => {
    expect(await checkSandbox({ mode: 'all', ...(network === undefined ? {} : { network }) })).toEqual([])
  })
})

/** The check, in a place where the limit on namespaces of one type is 0. */
function denied(type: 'user' | 'net', config: object): string[] {
  const limit = `echo 0 > /proc/sys/user/max_${type}_namespaces`
  const { stdout, stderr } = spawnSync('sh', ['-c', `${limit} && exec "$@"`, 'sh', ...check(config)], {
    unshare: ['user', 'mnt', 'pid'],
    encoding: 'utf8',
  })
  if (stderr !== '') throw new Error(stderr as string)
  return JSON.parse(stdout as string)
}

/** In a Node of its own, from the sources, as jest reads them. */
function check(config: object): string[] {
  const script = `
    const { transformSync } = require('esbuild')
    const source = require('node:fs').readFileSync('examples/doctor.ts', 'utf8')
    const { code } = transformSync(source, { loader: 'ts', format: 'cjs' })
    const module = { exports: {} }
    new Function('module', 'exports', 'require', code)(module, module.exports, require)
    module.exports.checkSandbox(${JSON.stringify(config)}).then((notes) => {
      process.stdout.write(JSON.stringify(notes.map(({ title }) => title)))
    })`
  return [process.execPath, '-e', script]
}

describeWith('userns', 'where it does not', () => {
  const USER = 'Sandboxed turns cannot have a user namespace'
  const NET = 'Sandboxed turns cannot be cut off from the network'

  it.each([...OFFLINE, ...ONLINE])('network %j: no user namespace is said', (network) => {
    expect(denied('user', { mode: 'all', network })).toEqual([USER])
  })

  it.each([
    ...OFFLINE.map((network) => [network, [NET]] as const),
    ...ONLINE.map((network) => [network, []] as const),
  ])('network %j: no network namespace: %j', (network, expected) => {
    expect(denied('net', { mode: 'all', network })).toEqual(expected)
  })

  it('a sandbox that is off needs nothing', () => {
    expect(denied('user', { mode: 'off' })).toEqual([])
  })
})

it('nothing is said on another platform', async () => {
  expect(await checkSandbox({ mode: 'all' }, 'darwin')).toEqual([])
})
