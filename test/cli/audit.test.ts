import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ContainerRegistry, IdMap } from '../../lib/index'
import { packageRoot } from '../../lib/native/root'
import { manifest } from './manifest'

const NSKIT = join(packageRoot, manifest.bin.nskit)
const RECORD = 'type=SYSCALL msg=audit(1795275385.956:1409): syscall=59 a0=0 uid=720033 ses=1 comm="touch"'
const EOE = 'type=EOE msg=audit(1795275385.956:1409):'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nskit-audit-'))
  file = join(folder, 'registry.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

function add(name: string, start: number): void {
  const uidMap = IdMap.fromSpec(`0:${start}:1000`)
  ContainerRegistry.open(file).add({ name, uidMap, from: new Date(0) })
}

function audit(input: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [NSKIT, 'audit', ...args], {
    input,
    encoding: 'utf8',
  })
  return {
    status,
    stderr,
    lines: stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  }
}

it('names the container and translates, a line for a line', () => {
  add('web', 720_000)
  const { status, stderr, lines } = audit(`${RECORD}\n${EOE}\nno record`, '--registry', file)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(lines).toMatchObject([
    { namespace: 'web', via: 'range', fields: { uid: { host: 720_033, inside: 33 } } },
    { type: 'EOE', namespace: 'web' },
    { raw: 'no record' },
  ])
})

it('without a registry nobody is named; --raw keeps the line', () => {
  const { lines } = audit(`${RECORD}\n`, '--raw')
  expect(lines).toMatchObject([{ via: 'none', raw: RECORD }])
  expect(lines[0]).not.toHaveProperty('namespace')
})

it('as a plugin: takes in a changed registry, is not ended by SIGHUP, writes all at SIGTERM', async () => {
  add('web', 720_000)
  const child = spawn(process.execPath, [NSKIT, 'audit', '--registry', file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const output = child.stdout.setEncoding('utf8')
  let text = ''
  const next = async (lines: number) => {
    while (text.split('\n').length <= lines) text += (await once(output, 'data'))[0]
  }
  child.stdin.write(`${RECORD}\n${EOE}\n`)
  await next(2)
  add('db', 730_000)
  child.kill('SIGHUP')
  child.stdin.write(`${RECORD.replace('720033', '730001').replaceAll('1409', '1410')}\n`)
  child.stdin.write(`${EOE.replaceAll('1409', '1410')}\n`)
  await next(4)
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  expect(await closed).toEqual([0, null])
  expect(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).namespace),
  ).toEqual(['web', 'web', 'db', 'db'])
})

it('a registry that is torn is an error that names it', () => {
  writeFileSync(file, '{"version":')
  const { status, stderr } = audit(RECORD, '--registry', file)
  expect(status).toBe(1)
  expect(stderr).toContain(file)
})

it('a registry that is torn meanwhile is said once, and what was known stays until it is whole again', async () => {
  add('web', 720_000)
  const child = spawn(process.execPath, [NSKIT, 'audit', '--registry', file], { stdio: 'pipe' })
  const output = child.stdout.setEncoding('utf8')
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part
  })
  let serial = 1409
  const tag = async (uid: number): Promise<string | undefined> => {
    child.stdin.write(`${RECORD.replace('720033', String(uid)).replace('1409', String(++serial))}\n`)
    return JSON.parse((await once(output, 'data'))[0]).namespace
  }
  expect(await tag(720_033)).toBe('web')
  const whole = readFileSync(file)
  writeFileSync(file, whole.subarray(0, -20))
  expect(await tag(720_033)).toBe('web')
  expect(await tag(720_034)).toBe('web')
  rmSync(file)
  add('db', 730_000)
  expect(await tag(730_000)).toBe('db')
  const closed = once(child, 'close')
  child.stdin.end()
  expect(await closed).toEqual([0, null])
  expect(said.trim().split('\n')).toEqual([expect.stringContaining(file)])
})

it('output that cannot be written ends it at once, with its input still open', async () => {
  const ends = async (child: ChildProcess) => {
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      said += part
    })
    // Its input stays open.
    const [status] = await once(child, 'exit')
    child.stdin?.destroy()
    return { status, said }
  }
  const full = openSync('/dev/full', 'w')
  const unwritable = spawn(process.execPath, [NSKIT, 'audit'], { stdio: ['pipe', full, 'pipe'] })
  closeSync(full)
  unwritable.stdin?.write(`${RECORD}\n`)
  expect(await ends(unwritable)).toEqual({
    status: 1,
    said: expect.stringContaining('standard output: ENOSPC'),
  })
})

it.each([
  [['--regstry', 'x'], /did you mean --registry/],
  [['file'], /unexpected argument 'file'/],
])('%j is a usage error', (args, message) => {
  const { status, stderr } = audit('', ...args)
  expect(status).toBe(2)
  expect(stderr).toMatch(message)
})
