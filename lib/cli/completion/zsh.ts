/** The completion for zsh: specifications of _arguments, and a function for each value that can be offered. */

import { type CommandOffer, type Offer, type OptionOffer, quoted } from './model.js'

export function zshCompletion(commands: readonly CommandOffer[]): string {
  const values = commands.flatMap(({ name, options, operands }) => [
    ...(operands === undefined || operands.kind === 'command'
      ? []
      : [offerFunction(functionOf(name, 'operands'), operands, '')]),
    ...options.map(({ names, value }) =>
      value === undefined ? '' : offerFunction(functionOf(name, names[0]!), value, value.called),
    ),
  ])
  return `#compdef nskit
# nskit: completion for zsh. Made by \`nskit completion zsh\`.

# More is to follow behind a word that ends with = or a colon.
_nskit_words() {
  local -a whole=("\${(@)@:#*[=:]}") open=("\${(@M)@:#*[=:]}")
  compadd -S '' -- $open
  compadd -- $whole
}

# A list with commas: what it lacks.
_nskit_list() {
  local -a items=("$@") given
  compset -P '*,' && given=(\${(s:,:)\${IPREFIX#*=}})
  items=(\${items:|given})
  compadd -q -S , -- $items
}

# Not the - that zsh itself takes before a command.
_nskit_executables() { [[ $PREFIX == -* ]] || _command_names -e }

# The command that nskit starts, and its arguments. _arguments leaves a -- in place that stands first.
_nskit_other() {
  [[ $words[1] == -- ]] && shift words && (( CURRENT-- ))
  _normal
}

_nskit_pids() {
  local -a pids=(/proc/<->(N:t))
  compadd -- $pids
}
${values.join('')}
_nskit_commands() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${escaped(name)}:${summary}`)}\n`).join('')}  )
  _describe -t commands 'nskit command' commands
}

_nskit() {
  local curcontext=$curcontext state state_descr line
  local -A opt_args
  _arguments -C -S \\
    '(- *)'{-h,--help}'[print help and end]' \\
    '(- *)--version[print the version and end]' \\
    '1: :_nskit_commands' \\
    '*:: :->rest' && return
  [[ $state == rest ]] || return 1
  case $words[1] in
${commands.map(commandCase).join('')}  esac
}

# As a file of fpath it is run in place of the function; sourced, it has to tell of it.
# In braces, which ksh_arrays wants.
if [[ \${funcstack[1]} == _nskit ]]; then
  _nskit "$@"
elif (( \${+functions[compdef]} )); then
  compdef _nskit nskit
fi
`
}

function commandCase({ name, options, operands }: CommandOffer): string {
  const specs = [...options.flatMap((option) => optionSpecs(name, option)), ...operandSpecs(name, operands)]
  return `    ${quoted(name)})\n      _arguments -s -S \\\n${specs.map((spec) => `        ${spec}`).join(' \\\n')}\n      ;;\n`
}

/** One for each of its names, none of which is offered again beside the others. */
function optionSpecs(command: string, { names, summary, multiple, value }: OptionOffer): string[] {
  const others = names.includes('--help')
    ? '(- *)'
    : multiple
      ? '*'
      : names.length > 1
        ? `(${names.join(' ')})`
        : ''
  const argument =
    value === undefined ? '' : `:${escaped(value.called)}:${actionOf(command, names[0]!, value)}`
  return names.map((name) => {
    // A value is the next word, or the rest of this one: behind '=' of a long name.
    const end = value === undefined ? '' : name.startsWith('--') ? '=' : '+'
    return quoted(`${others}${name}${end}[${escaped(summary)}]${argument}`)
  })
}

function operandSpecs(command: string, operands: Offer | undefined): string[] {
  if (operands === undefined) return []
  // Behind the command's name options are its own.
  if (operands.kind === 'command')
    return [quoted('(-)1:command:_nskit_executables'), quoted('*::argument:_nskit_other')]
  return [quoted(`1: :${actionOf(command, 'operands', operands)}`)]
}

function actionOf(command: string, name: string, { kind }: Offer): string {
  return kind === 'any' ? ' ' : functionOf(command, name)
}

function functionOf(command: string, name: string): string {
  return `_nskit_${command}_${name}`.replace(/\W+/g, '_')
}

/** Words stand in a function's body, where quoting is the shell's alone, not that of _arguments too. */
function offerFunction(name: string, offer: Offer, called: string): string {
  const words = offer.words.map(quoted).join(' ')
  // SOURCE:DESTINATION: both are names of files.
  const skip = called.includes(':') ? "compset -P '*:'; " : ''
  const instead = words === '' ? '' : `_nskit_words ${words}; `
  const body: Readonly<Record<Offer['kind'], string>> = {
    any: '',
    words: `_nskit_words ${words}`,
    list: `_nskit_list ${words}`,
    file: `${skip}${instead}_files`,
    directory: `${skip}${instead}_path_files -/`,
    pid: '_nskit_pids',
    command: '_nskit_executables',
  }
  return offer.kind === 'any' ? '' : `${name}() { ${body[offer.kind]} }\n`
}

function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&')
}
