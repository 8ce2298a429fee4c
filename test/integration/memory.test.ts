import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeWith, itWith } from '../support/needs'
import { runScript } from '../support/node-script'

const ALL = ['user', 'mnt', 'uts', 'ipc', 'net', 'cgroup', 'pid', 'time'] as const

interface Call {
  name: string
  flags: string
  inNode: boolean
}

/** The calls that make a process, by Node or by its children, as strace tells them. */
function callsOf(trace: string): Call[] {
  const [, node] = /^(\d+) /.exec(trace) ?? []
  const threads = new Set([node])
  const calls: Call[] = []
  // A call that was interrupted by another thread's stands on two lines: flags on the first, the result on the second.
  const open = new Map<string, Call>()
  const ended = (call: Call, result: string | undefined) => {
    calls.push(call)
    if (call.inNode && call.flags.includes('CLONE_THREAD') && result !== undefined) threads.add(result)
  }
  for (const line of trace.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    const start = /^(clone3?|v?fork)\((.*)/.exec(rest)
    const result = /= (\d+)/.exec(rest)?.[1]
    if (start !== null) {
      const call = {
        name: start[1] ?? '',
        flags: /flags=([A-Z_|0-9a-z]+)/.exec(rest)?.[1] ?? '',
        inNode: threads.has(pid),
      }
      if (rest.includes('<unfinished')) open.set(pid, call)
      else ended(call, result)
    } else if (rest.startsWith('<... ')) {
      const call = open.get(pid)
      open.delete(pid)
      if (call !== undefined) ended(call, result)
    }
  }
  return calls
}

describeWith(['strace', 'userns'], "Node's memory", () => {
  test('is never copied: no fork, of any thread', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nskit-trace-'))
    try {
      const file = join(folder, 'trace')
      const through = [
        'strace',
        '-f',
        '--seccomp-bpf',
        '-qq',
        '-o',
        file,
        '-e',
        'trace=clone,clone3,fork,vfork',
      ]
      const said = await runScript(
        async ({ nskit, workers, packagePath, say, ending }, unshare) => {
          say(await ending(nskit.spawn('true', { unshare: unshare ?? [] })))
          say(await ending(nskit.spawn('true', { unshare: unshare ?? [], init: false })))
          say(await ending(nskit.spawn('true')))
          say(nskit.spawnSync('true', { unshare: unshare ?? [] }).status)
          const code = `
            const { workerData } = require('node:worker_threads')
            require(workerData.packagePath).spawn('true', { unshare: workerData.unshare })
          `
          say(await ending(new workers.Worker(code, { eval: true, workerData: { packagePath, unshare } })))
        },
        [...ALL],
        { through },
      )
      expect(said).toEqual([0, 0, 0, 0, 0])
      const ofNode = callsOf(readFileSync(file, 'utf8')).filter(({ inNode }) => inNode)
      const processes = ofNode.filter(({ flags }) => !flags.includes('CLONE_THREAD'))
      expect(processes.length).toBe(5)
      for (const { name, flags } of processes) {
        expect(name).toBe('clone')
        // Shared until the exec of the stage: nothing is copied, however much there is.
        expect(flags.split('|')).toContain('CLONE_VM')
        // And no namespace is made while it is.
        expect(flags).not.toContain('CLONE_NEW')
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('is not in the processes of a new namespace', async () => {
    const said = await runScript(
      async ({ nskit, fs, say, ending }, unshare) => {
        const secret = Buffer.alloc(64 << 20, 'in Node alone')
        const child = nskit.spawn('sleep', ['600'], { unshare: unshare ?? [], stdio: 'ignore' })
        await child.spawned
        const status = fs.readFileSync(`/proc/${child.pid}/status`, 'latin1')
        const init = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1])
        for (const pid of [init, child.pid]) {
          // Into the init an ordinary user may not look at all.
          const isClosed = pid === init && process.geteuid?.() !== 0
          const maps = isClosed ? '' : fs.readFileSync(`/proc/${pid}/maps`, 'latin1')
          const size = Number(/^VmSize:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1])
          // The init is the stage: some pages of its own. The command is sleep.
          say({ small: size < secret.length >> 10, foreign: /node|\[heap\].*node|nskit\.node/.test(maps) })
        }
        await child[Symbol.asyncDispose]()
        say(await ending(nskit.spawn('true')))
      },
      [...ALL],
    )
    const own = { small: true, foreign: false }
    expect(said).toEqual([own, own, 0])
  })
})

itWith('userns', 'what is held for createNamespaces has nothing of Node either', async () => {
  const said = await runScript(async ({ nskit, fs, say }) => {
    const made = nskit.createNamespaces(['user', 'net', 'uts', 'mnt'])
    const seen = new Set<string>()
    // It comes as far as its hold without the event loop, which is what lets it go.
    const start = Date.now()
    while (seen.size === 0 && Date.now() - start < 20_000) {
      const pids = fs
        .readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1')
        .split(' ')
        .filter(Boolean)
      for (const pid of pids) {
        try {
          if (fs.readlinkSync(`/proc/${pid}/ns/user`) === fs.readlinkSync('/proc/self/ns/user')) continue
          seen.add(
            fs.readFileSync(`/proc/${pid}/maps`, 'latin1').includes('nskit.node') ? "Node's" : 'its own',
          )
        } catch {}
      }
    }
    say([...seen])
    const set = await made
    set.close()
  })
  expect(said).toEqual([['its own']])
})
