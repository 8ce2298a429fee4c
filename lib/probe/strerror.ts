/** glibc's words for errnos: what programs print, and so what people search for. libuv's are others. */

const WORDS: Readonly<Record<string, readonly [errno: number, words: string]>> = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  ESRCH: [3, 'No such process'],
  EINTR: [4, 'Interrupted system call'],
  EIO: [5, 'Input/output error'],
  ENXIO: [6, 'No such device or address'],
  ENOEXEC: [8, 'Exec format error'],
  EBADF: [9, 'Bad file descriptor'],
  ECHILD: [10, 'No child processes'],
  EAGAIN: [11, 'Resource temporarily unavailable'],
  ENOMEM: [12, 'Cannot allocate memory'],
  EACCES: [13, 'Permission denied'],
  EBUSY: [16, 'Device or resource busy'],
  EEXIST: [17, 'File exists'],
  ENODEV: [19, 'No such device'],
  ENOTDIR: [20, 'Not a directory'],
  EINVAL: [22, 'Invalid argument'],
  ENFILE: [23, 'Too many open files in system'],
  EMFILE: [24, 'Too many open files'],
  ENOSPC: [28, 'No space left on device'],
  EROFS: [30, 'Read-only file system'],
  EPIPE: [32, 'Broken pipe'],
  ENOSYS: [38, 'Function not implemented'],
  ELOOP: [40, 'Too many levels of symbolic links'],
  EOVERFLOW: [75, 'Value too large for defined data type'],
  EUSERS: [87, 'Too many users'],
  EOPNOTSUPP: [95, 'Operation not supported'],
  EAFNOSUPPORT: [97, 'Address family not supported by protocol'],
  EADDRNOTAVAIL: [99, 'Cannot assign requested address'],
  ETIMEDOUT: [110, 'Connection timed out'],
}

/** 'Operation not permitted' for 'EPERM'; the code itself for what is no errno. */
export function strerror(code: string): string {
  if (code === 'SIGSYS') return 'Bad system call'
  return WORDS[code]?.[1] ?? code
}

/** Positive; 0 for what is no errno. */
export function errnoOf(code: string): number {
  return WORDS[code]?.[0] ?? 0
}

/** The code whose words a message holds. The last ones count: programs put strerror() at the end. */
export function codeInText(text: string): string | undefined {
  if (/Bad system call/.test(text)) return 'SIGSYS'
  let found: { code: string; at: number; length: number } | undefined
  for (const [code, [, words]] of Object.entries(WORDS)) {
    const at = text.toLowerCase().lastIndexOf(words.toLowerCase())
    // 'Too many open files in system' holds 'Too many open files': the longer one is meant.
    if (at < 0 || (found && (at < found.at || (at === found.at && words.length < found.length)))) continue
    found = { code, at, length: words.length }
  }
  return found?.code
}
