/** The completion for bash: tables from the commands, and functions that read them. */

import { BASH_FUNCTIONS } from './bash-functions.js'
import { type CommandOffer, type Offer, type OptionOffer, quoted } from './model.js'

export function bashCompletion(commands: readonly CommandOffer[]): string {
  return `# nskit: completion for bash. Made by \`nskit completion bash\`.

_nskit_commands=(${list(commands.map(({ name }) => name))})

# The options and operands of command $1.
_nskit_command() {
  options=() operands=none items=()
  case $1 in
${commands.map(commandCase).join('')}  esac
}

# What option $2 of command $1 takes: 'none' of one without a value.
_nskit_value() {
  value=none words=()
  case "$1 $2" in
${commands.flatMap(({ name, options }) => options.map((option) => valueCase(name, option))).join('')}  esac
}
${BASH_FUNCTIONS}`
}

function commandCase({ name, options, operands }: CommandOffer): string {
  const names = list(options.flatMap((option) => option.names))
  const operand = operands === undefined ? '' : ` ${assigned('operands', 'items', operands)}`
  return `    ${quoted(name)}) options=(${names})${operand} ;;\n`
}

function valueCase(command: string, { names, value }: OptionOffer): string {
  if (value === undefined) return ''
  const patterns = names.map((name) => quoted(`${command} ${name}`)).join(' | ')
  return `    ${patterns}) ${assigned('value', 'words', value)} ;;\n`
}

function assigned(kind: string, array: string, offer: Offer): string {
  return offer.words.length === 0
    ? `${kind}=${offer.kind}`
    : `${kind}=${offer.kind} ${array}=(${list(offer.words)})`
}

function list(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}
