import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The package's own folder, which holds its package.json: above dist/ when built, above lib/native/ in tests. */
export const packageRoot = nearestPackage(__dirname)

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const above = dirname(folder)
  if (above === folder) throw new Error(`nskit: no package.json above ${__dirname}`)
  return nearestPackage(above)
}
