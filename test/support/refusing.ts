/** strace around a Node, that sees and changes one system call alone, only on `path` where that is given. */
export function refusing(inject: string, path?: string): string[] {
  const filter = path === undefined ? [] : ['-P', path]
  const trace = ['-e', `trace=${inject.split(':')[0]}`, '-e', `inject=${inject}`]
  return ['strace', '-f', '--seccomp-bpf', '-e', 'quiet=all', '-o', '/dev/null', ...filter, ...trace]
}
