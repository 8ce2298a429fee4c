// Builds dist/: CommonJS bundles, an ESM face for each entry, and the types.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transform } from 'esbuild'
import { bridgeOf, mergeChunks, placed } from './merge-chunks.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
/** Entries that are imported. Each gets an ESM face and types for both module systems. */
const LIBRARY = ['index', 'raw']
const CLI = 'cli/main'

const TARGET = {
  platform: 'node',
  target: 'node20',
  // import() of a chunk, from CommonJS, is a require.
  supported: { 'dynamic-import': false },
  // Names stay, for stacks; what only people read costs an import milliseconds.
  minifyWhitespace: true,
  minifySyntax: true,
}

/** Node prints the whole line that an uncaught error comes from: 50 kB, without a limit. */
const LINE_LIMIT = 160

/** What lib/ asks for by require() is loaded when it is first used: a file of its own, for the import not to pay for it. */
const parts = findParts()
const entries = [...LIBRARY, CLI].filter((name) => existsSync(join(root, 'lib', `${name}.ts`)))
const library = LIBRARY.filter((name) => entries.includes(name))

rmSync(dist, { recursive: true, force: true })
await bundle()
for (const name of library) writeEsmFace(name)
if (entries.includes(CLI)) chmodSync(join(dist, `${outputOf(CLI)}.cjs`), 0o755)
emitTypes()

/** cli/main becomes dist/cli.cjs; the others keep their names. */
function outputOf(entry) {
  return entry.split('/')[0]
}

/**
 * One copy of every module, whichever entries use it: a class such as SetupError must be the same
 * in the package, in nskit/raw and in the command line. esbuild shares chunks only between ES modules,
 * so the split bundle is made as ESM, and each file is then turned into CommonJS.
 */
async function bundle() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      ...entries.map((name) => ({ in: `lib/${name}.ts`, out: outputOf(name) })),
      ...[...parts].map(([file, out]) => ({ in: file, out })),
    ],
    plugins: [{ name: 'parts', setup: (build) => build.onResolve({ filter: /^\./ }, resolvePart) }],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['node-gyp-build'],
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    chunkNames: 'shared-[hash]',
    write: false,
    metafile: true,
    logLevel: 'warning',
  })
  // esbuild's shim for require() in an ES module would hide from bundlers, and from tracers of files, what is asked for.
  const texts = new Map(
    outputFiles.map(({ path, text }) => [basename(path), text.replaceAll(/\b__require\((?=")/g, 'require(')]),
  )
  mkdirSync(dist, { recursive: true })
  const places = await mergeChunks({ texts, metafile, entries: library.toReversed(), options: TARGET })
  for (const [name, text] of texts) {
    const { code } = await transform(text, { ...TARGET, format: 'cjs', lineLimit: LINE_LIMIT })
    writeFileSync(join(dist, name), placed(namedClasses(wholeNames(code)), places))
  }
}

/** The limit on lines breaks names of files too: they are looked for below, and by whoever reads what is asked for. */
function wholeNames(code) {
  return code.replaceAll(/\brequire\(\s*"((?:[^"\\]|\\\n)+)"\s*\)/g, (_, name) => {
    return `require("${name.replaceAll('\\\n', '')}")`
  })
}

/** To esbuild a class that mentions itself is `X=class _X`, and so to whoever prints one. As the inner name X does as well. */
function namedClasses(code) {
  const renamed = code.matchAll(/\b(\w+)=\s*class\s+(_\1)\b/g)
  return [...renamed].reduce(
    (before, [, name, inner]) => before.replaceAll(new RegExp(`\\b${inner}\\b`, 'g'), name),
    code,
  )
}

/** Source file → name in dist/, of every part. */
function findParts() {
  const files = readdirSync(join(root, 'lib'), { recursive: true }).filter((name) => name.endsWith('.ts'))
  const found = files.flatMap((name) => {
    const text = readFileSync(join(root, 'lib', name), 'utf8')
    const asked = [...text.matchAll(/\brequire\('(\.[^']+)\.js'\)/g)]
    return asked.map(([, path]) => join('lib', dirname(name), `${path}.ts`))
  })
  return new Map(
    found.map((file) => [file, `part-${file.slice('lib/'.length, -'.ts'.length).replaceAll('/', '-')}`]),
  )
}

function resolvePart({ kind, path, resolveDir }) {
  if (kind !== 'require-call') return undefined
  const file = relative(root, join(resolveDir, path)).replace(/\.js$/, '.ts')
  return { path: `./${parts.get(file)}.cjs`, external: true }
}

/**
 * Names stand in the file one by one: `export *` from CommonJS relies on what Node's lexer happens to see. The bridge
 * keeps the bundle from that lexer, which would take longer over it than all the rest of the import.
 */
function writeEsmFace(name) {
  const names = Object.keys(createRequire(import.meta.url)(join(dist, `${name}.cjs`))).sort()
  const face = [
    `import bridge from './${bridgeOf(name)}'`,
    `export const {\n${names.map((each) => `  ${each},\n`).join('')}} = bridge.whole`,
    '',
  ]
  writeFileSync(join(dist, `${name}.mjs`), face.join('\n'))
}

function emitTypes() {
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  for (const name of library) {
    const types = join(dist, 'types', `${name}.d.ts`)
    // For projects whose compiler takes no types by itself (TypeScript 6's default).
    writeFileSync(types, `/// <reference types="node" />\n${readFileSync(types, 'utf8')}`)
    writeFileSync(join(dist, 'types', `${name}.d.mts`), `export * from './${name}.js'\n`)
  }
}
