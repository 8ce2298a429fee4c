// jest's transform: TypeScript to CommonJS by the compiler that checks the types, in this process.
const { dirname, join } = require('node:path')
const ts = require('typescript')

const root = dirname(dirname(__dirname))
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)

const host = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
}

module.exports = {
  process(text, fileName) {
    const { outputText, sourceMapText, diagnostics } = ts.transpileModule(text, {
      fileName,
      // Without it a syntax error is mended silently.
      reportDiagnostics: true,
      compilerOptions: { ...options, noEmit: false, module: ts.ModuleKind.CommonJS, sourceMap: true },
    })
    if (diagnostics.length > 0) throw new SyntaxError(ts.formatDiagnostics(diagnostics, host))
    return { code: outputText, map: sourceMapText }
  },
}
