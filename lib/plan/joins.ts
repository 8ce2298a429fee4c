import type { Join } from './settings.js'

export function joinsUser(target: Join): boolean {
  return 'fd' in target ? target.type === 'user' : target.types.includes('user')
}
