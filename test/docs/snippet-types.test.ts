import { join } from 'node:path'
import * as ts from 'typescript'
import { DOCUMENTS, ROOT, type Snippet, snippetsOf } from './snippets'

/** Who copies an example into TypeScript shall not have to repair it. */
const OPTIONS: ts.CompilerOptions = {
  checkJs: true,
  noEmit: true,
  strict: true,
  // What JavaScript cannot say: the types of parameters, and of what is caught.
  noImplicitAny: false,
  useUnknownInCatchVariables: false,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  paths: { nskit: ['./lib/index.ts'], 'nskit/raw': ['./lib/raw.ts'] },
  pathsBasePath: ROOT,
}

/** In the package's folder, as the examples are run; not on disk. */
const SNIPPETS = new Map(
  DOCUMENTS.flatMap(snippetsOf).map((snippet) => [
    join(ROOT, `${snippet.place.replace(/\W/g, '-')}.mjs`),
    snippet,
  ]),
)

it('examples are clean under TypeScript, strict', () => {
  const host = ts.createCompilerHost(OPTIONS)
  const { fileExists, readFile } = host
  host.getCurrentDirectory = () => ROOT
  host.fileExists = (path) => SNIPPETS.has(path) || fileExists(path)
  host.readFile = (path) => SNIPPETS.get(path)?.code ?? readFile(path)
  const program = ts.createProgram([...SNIPPETS.keys()], OPTIONS, host)
  const complaints = [...SNIPPETS].flatMap(([path, snippet]) => {
    const file = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (diagnostic) => complaint(snippet, diagnostic),
    )
  })
  expect(program.getOptionsDiagnostics()).toEqual([])
  expect(SNIPPETS.size).toBeGreaterThan(0)
  expect(complaints).toEqual([])
})

function complaint({ place }: Snippet, { file, start = 0, messageText }: ts.Diagnostic): string {
  const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
  return `${place}, its line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
}
