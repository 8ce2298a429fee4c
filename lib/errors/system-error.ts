import { errnoCode, errnoMessage } from './errno.js'

/** An error of a syscall that is no step of a plan, shaped as Node's own. `result` is the negative errno. */
export function systemError(result: number, syscall: string, path?: string): NodeJS.ErrnoException {
  const code = errnoCode(-result)
  const about = path === undefined ? '' : ` '${path}'`
  const error: NodeJS.ErrnoException = new Error(`${code}: ${errnoMessage(-result)}, ${syscall}${about}`)
  error.code = code
  error.errno = result
  error.syscall = syscall
  if (path !== undefined) error.path = path
  return error
}
