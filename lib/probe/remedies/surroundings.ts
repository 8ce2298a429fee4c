/** The root directory, /proc, the kernel, and what is no policy at all. */

import { OTHER_ATIME } from '../facts/mounts.js'
import { type HostFacts, isKnown, valueIn } from '../facts.js'
import { kindOfStep } from '../kind.js'
import type { FailedStep, Remedy } from '../types.js'
import { isIn, quote, unitRemedy } from './remedy.js'

export function chrootRemedies(): Remedy[] {
  return [
    {
      scope: 'process',
      title:
        'Enter the directory as the root of a mount namespace (pivot_root) and not by chroot, in which no user namespace can be created',
      commands: ['bwrap --bind DIRECTORY / --dev /dev --proc /proc COMMAND'],
      tradeoff: 'Mounts that are made inside are not seen outside',
    },
    {
      scope: 'service',
      title: 'Of schroot: union or directory chroots stay chroots; of systemd: RootDirectory= does it right',
      commands: [],
    },
  ]
}

export function initramfsRemedies(): Remedy[] {
  return [
    {
      scope: 'host',
      title:
        'Copy the system into a file system of its own and start it from there, as an init does with its disk',
      commands: [
        'mount -t tmpfs tmpfs /newroot',
        'cp -ax / /newroot',
        'exec switch_root /newroot /sbin/init',
      ],
      tradeoff: 'What runs from the initramfs has to be started anew',
    },
  ]
}

export function maskedProcRemedies(failed: FailedStep, facts: HostFacts): Remedy[] {
  if (failed.code === 'EROFS') return [writableProc()]
  if (failed.step === 'open-proc') return [someProc()]
  const unit = valueIn(facts.environment.unit)
  const remedies: Remedy[] = [
    {
      scope: 'process',
      title:
        'Do without a /proc of its own (proc: false; with bwrap --ro-bind /proc /proc and not --proc /proc)',
      commands: [],
      tradeoff: 'The processes outside stay visible inside; their pids mean nothing there',
    },
  ]
  const covers = valueIn(facts.mounts.coveredProc) ?? []
  if (covers.length > 0 && covers.every((cover) => cover.endsWith(OTHER_ATIME))) {
    return [...remedies, usualAtime()]
  }
  const cost =
    'The container sees the parts of /proc that were hidden (kcore, keys, timer_list, …), and may write /proc/sys where its ids allow'
  if (isIn(facts, 'kubernetes')) {
    remedies.push({
      scope: 'service',
      title: 'Set procMount: Unmasked for the container and hostUsers: false for the pod',
      commands: ['kubectl explain pod.spec.containers.securityContext.procMount'],
      tradeoff: cost,
    })
  } else if (isIn(facts, 'podman')) {
    remedies.push(engine("podman run --security-opt 'unmask=/proc/*' IMAGE", cost))
  } else if (isIn(facts, 'docker')) {
    remedies.push(engine('docker run --security-opt systempaths=unconfined IMAGE', cost))
  }
  if (isIn(facts, 'lxc')) {
    remedies.push({
      scope: 'service',
      title: 'Allow nesting for the container: it then has a second, whole /proc aside',
      commands: ['lxc config set CONTAINER security.nesting=true'],
      tradeoff: 'The container can mount /proc and /sys anew, without what lxcfs shows in their place',
    })
  }
  if (unit !== undefined && !isIn(facts, 'docker', 'podman', 'kubernetes', 'lxc')) {
    const lines = ['ProtectKernelTunables=no', 'ProtectKernelLogs=no', 'ProcSubset=all']
    remedies.push(
      unitRemedy(
        unit,
        `Leave /proc whole for ${unit.name}`,
        lines,
        `${unit.name} may write what its ids allow in /proc/sys`,
      ),
    )
  }
  return remedies
}

function writableProc(): Remedy {
  return {
    scope: 'service',
    title:
      'Have /proc mounted writable where this process runs: the maps of a user namespace are files of it',
    commands: ['mount -o remount,bind,rw /proc'],
    tradeoff: 'Who is root there, or has the ids, may then write /proc/sys as well',
  }
}

function usualAtime(): Remedy {
  return {
    scope: 'service',
    title: 'Have /proc mounted with relatime, as a fresh one is: the kernel compares the two',
    commands: ['mount -o remount,bind,atime,relatime /proc'],
  }
}

function someProc(): Remedy {
  return {
    scope: 'service',
    title: 'Have /proc mounted where this process runs: the maps of a user namespace are files of it',
    commands: ['mount -t proc proc /proc'],
    tradeoff: 'What runs there sees the processes of its pid namespace',
  }
}

function engine(command: string, tradeoff: string): Remedy {
  return {
    scope: 'service',
    title: 'Start the container without masked paths in /proc',
    commands: [command],
    tradeoff,
  }
}

export function kernelRemedies(failed: FailedStep, { kernel }: HostFacts): Remedy[] {
  const substitute = valueIn(kernel.substitute)
  if (substitute === 'wsl1') {
    return [
      host('Move the distribution to WSL 2, which runs a Linux kernel', [
        'wsl.exe --set-version DISTRIBUTION 2',
      ]),
    ]
  }
  if (substitute === 'gvisor') {
    return [
      {
        scope: 'service',
        title: 'Run the container under another runtime than gVisor, which has only some kinds of namespaces',
        commands: ['docker run --runtime runc IMAGE'],
        tradeoff: "The container then meets the host's kernel, which gVisor keeps away from it",
      },
    ]
  }
  if (/\.el7\b/.test(valueIn(kernel.release) ?? '')) {
    return [
      host('Switch user namespaces on at boot', [
        'grubby --update-kernel ALL --args user_namespace.enable=1',
        'reboot',
      ]),
    ]
  }
  const type = kindOfStep(failed.step, failed.namespaces)
  const option = {
    user: 'USER_NS',
    pid: 'PID_NS',
    net: 'NET_NS',
    ipc: 'IPC_NS',
    uts: 'UTS_NS',
    time: 'TIME_NS',
    cgroup: 'CGROUPS',
    mnt: 'NAMESPACES',
  }
  return [
    host(`Boot a kernel with CONFIG_${option[type]}=y`, [
      'grep _NS= /boot/config-$(uname -r) || zcat /proc/config.gz | grep _NS=',
    ]),
  ]
}

function host(title: string, commands: string[]): Remedy {
  return {
    scope: 'host',
    title,
    commands,
    tradeoff: 'The host, or the distribution on it, has to be started anew',
  }
}

export function programRemedies({ program, text }: FailedStep): Remedy[] {
  // It was there, and something that it needs was not.
  if (text) return [{ scope: 'process', title: `Give the command what it lacks: ${text}`, commands: [] }]
  const name = program ?? 'the program'
  return [
    {
      scope: 'process',
      title: `Install ${name}, or give its path as the command`,
      commands: [`command -v ${quote(program ?? 'PROGRAM')}`],
    },
  ]
}

export function timeoutRemedies(): Remedy[] {
  return [
    {
      scope: 'process',
      title: 'Probe again with a longer timeout: the host did not answer in time',
      commands: ['uptime'],
    },
  ]
}

/** A record in the kernel's log names the policy where nothing else does. Readable by root, mostly. */
export function unknownRemedies({ code }: FailedStep, { lsm }: HostFacts): Remedy[] {
  if (code === 'UNKNOWN') {
    const title =
      'Run the command by hand, and see to what it says: nothing shows that this host denied it anything'
    return [{ scope: 'process', title, commands: [] }]
  }
  const commands = ["journalctl --dmesg --since -5min --grep 'apparmor|avc|seccomp|audit'"]
  if (isKnown(lsm.selinuxEnforcing)) commands.push('ausearch -m AVC -ts recent')
  return [
    {
      scope: 'process',
      title: 'Look for the record of the refusal in the log of the kernel, as root',
      commands,
    },
  ]
}
