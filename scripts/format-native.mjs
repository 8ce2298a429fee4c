// clang-format over the native sources: rewrites them, or with --check only reports.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = ['native', 'test/native', 'bench/peers'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.(c|cc|cpp|h)$/.test(name))
    .map((name) => join(root, folder, name)),
)
const mode = process.argv.includes('--check') ? ['--dry-run', '--Werror'] : ['-i']
const { status, error } = spawnSync('clang-format', [...mode, ...sources], { stdio: 'inherit' })
if (error) throw error
process.exitCode = status ?? 1
