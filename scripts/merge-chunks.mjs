// Fewer files than esbuild's splitting makes: to find, read and compile one takes a good part of a millisecond, and a
// function of another file is called through a getter.
import { basename } from 'node:path'
import { build } from 'esbuild'

/**
 * An entry, and the chunks that it loads in any case, become one file; the entry, like its bridge, a line that asks for
 * it. What two entries load goes to the first of them, so that one comes first that needs little.
 *
 * `texts`: ES modules by their names; what is merged is taken out, what was made of it, CommonJS, put in. Returns where
 * each is found.
 */
export async function mergeChunks({ texts, metafile, entries, options }) {
  const places = new Map()
  for (const entry of entries) {
    const names = [`${entry}.cjs`, ...loadedBy(`${entry}.cjs`, metafile.outputs)].filter(
      (name) => !places.has(name),
    )
    const contents = names.map((name) => `export * as ${idOf(name)} from './${name}'`).join('\n')
    const { outputFiles } = await build({
      ...options,
      stdin: { contents },
      bundle: true,
      format: 'cjs',
      plugins: [{ name: 'chunks', setup: (build) => serve(build, texts, names) }],
      write: false,
      logLevel: 'warning',
    })
    const file = `shared-${entry}.cjs`
    for (const name of names) {
      texts.delete(name)
      places.set(name, `require("./${file}").${idOf(name)}`)
    }
    texts.set(file, outputFiles[0].text)
    const whole = places.get(`${entry}.cjs`)
    texts.set(
      `${entry}.cjs`,
      `module.exports = Object.defineProperty(${whole}, '__esModule', { value: true })`,
    )
    texts.set(bridgeOf(entry), `exports.whole = ${whole}`)
  }
  return places
}

/** The file in which ES modules find an entry: it carries no mark of one, by which bundlers would look for a default. */
export function bridgeOf(entry) {
  return `${entry}.bridge.cjs`
}

/** The text with merged files asked for where they are now. */
export function placed(text, places) {
  return text.replaceAll(/\brequire\("\.\/([^"]+)"\)/g, (call, name) => places.get(name) ?? call)
}

/** What it imports statically, and what that imports. */
function loadedBy(file, outputs, found = new Set()) {
  for (const { path, kind, external } of outputs[`dist/${file}`].imports) {
    const name = basename(path)
    if (external || kind !== 'import-statement' || found.has(name)) continue
    found.add(name)
    loadedBy(name, outputs, found)
  }
  return found
}

function serve(build, texts, names) {
  build.onResolve({ filter: /./ }, ({ path }) => {
    const name = basename(path)
    return names.includes(name) ? { path: name, namespace: 'chunk' } : { path, external: true }
  })
  build.onLoad({ filter: /./, namespace: 'chunk' }, ({ path }) => ({ contents: texts.get(path) }))
}

function idOf(name) {
  return name.replace(/\.cjs$/, '').replaceAll(/\W/g, '_')
}
