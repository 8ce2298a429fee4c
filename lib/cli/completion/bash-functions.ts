/**
 * The part of the completion for bash that is the same whatever the commands are. No program is started: the kernel's
 * /proc is listed by a glob, files by readline itself.
 */
export const BASH_FUNCTIONS = `
# Offers those of the words from $3 on that $2 begins, each behind $1, which has been typed.
_nskit_offer() {
  local word
  for word in "\${@:3}"; do
    [[ $word == "$2"* ]] || continue
    # More is to follow.
    [[ $word == *[=:] ]] && compopt -o nospace 2>/dev/null
    [[ $word == *[!a-zA-Z0-9_./,=:@%+-]* ]] && printf -v word %q "$word"
    COMPREPLY+=("$1$word")
  done
}

# Offers what a list with commas lacks. $1: what stands before the list; $2: the list; then its words.
_nskit_offer_list() {
  local head= item
  local -a rest=()
  [[ $2 == *,* ]] && head=\${2%,*},
  for item in "\${@:3}"; do
    [[ ,$head == *",$item,"* ]] || rest+=("$item")
  done
  compopt -o nospace 2>/dev/null
  _nskit_offer "$1$head" "\${2##*,}" "\${rest[@]}"
}

# Offers what is of kind $1 and begins with $3, behind $2; then the words there are.
_nskit_offer_kind() {
  local kind=$1 before=$2 text=$3
  shift 3
  case $kind in
    words) _nskit_offer "$before" "$text" "$@" ;;
    list) _nskit_offer_list "$before" "$text" "$@" ;;
    pid)
      # Also where no word is a pattern: set -f.
      local -a pids
      mapfile -t pids < <(set +f; compgen -G '/proc/[0-9]*')
      _nskit_offer "$before" "$text" "\${pids[@]#/proc/}"
      ;;
    # Where no word fits, readline's own, which know of quotes and blanks in names.
    file)
      _nskit_offer "$before" "$text" "$@"
      compopt -o default 2>/dev/null
      ;;
    directory)
      _nskit_offer "$before" "$text" "$@"
      compopt -o dirnames 2>/dev/null
      ;;
    command) mapfile -t COMPREPLY < <(compgen -P "$before" -c -- "$text") ;;
  esac
}

# The command that nskit starts, whose first word is COMP_WORDS[$1], with its own completion. $2: the word typed.
_nskit_other() {
  if declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$1"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "$1"
  elif ((COMP_CWORD == $1)) && [[ $2 != */* ]]; then
    _nskit_offer_kind command '' "$2"
  else
    compopt -o default 2>/dev/null
  fi
}

# Whether cluster $2 of short options of command $1 waits for a value: it is then the next word.
_nskit_waits() {
  local letters=\${2#-} value
  local -a words
  while [[ -n $letters ]]; do
    _nskit_value "$1" "-\${letters:0:1}"
    letters=\${letters:1}
    [[ $value == none ]] || break
  done
  [[ $value != none && -z $letters ]]
}

# The words up to the cursor, into typed; bash breaks them at = and : too. Their places in COMP_WORDS, into places.
_nskit_split() {
  local line=\${COMP_LINE:0:COMP_POINT} rest word previous= i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=\${line#"\${line%%[![:space:]]*}"}
    word=\${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && word=$rest
    if ((i > 0)) && [[ $rest == "$line" && ($word == [=:]* || $previous == *[=:]) ]]; then
      typed[\${#typed[@]} - 1]+=$word
    else
      typed+=("$word")
      places+=("$i")
    fi
    previous=$word
    line=\${rest#"$word"}
  done
}

_nskit() {
  COMPREPLY=()
  local -a typed=() places=() options=() items=() words=()
  _nskit_split
  local last=$((\${#typed[@]} - 1)) operands= value= waiting= ended= i
  local text=\${typed[last]} command=\${typed[1]}
  # A file that the shell itself is to open.
  if [[ \${typed[last - 1]} =~ ^[0-9\\&]*[\\<\\>]+\\|?$ || $text == [\\<\\>]* ]]; then
    compopt -o default 2>/dev/null
    return
  fi
  if ((last < 2)); then
    if [[ $text == -* ]]; then
      _nskit_offer '' "$text" --help --version
    else
      _nskit_offer '' "$text" "\${_nskit_commands[@]}"
    fi
    return
  fi
  _nskit_command "$command"
  for ((i = 2; i < last; i++)); do
    if [[ -n $waiting ]]; then
      waiting=
      continue
    fi
    case \${typed[i]} in
      # What follows is no option.
      --)
        ended=1 i=$((i + 1))
        break
        ;;
      --*=*) ;;
      --*)
        _nskit_value "$command" "\${typed[i]}"
        [[ $value == none ]] || waiting=\${typed[i]}
        ;;
      -?*) _nskit_waits "$command" "\${typed[i]}" && waiting=-\${typed[i]: -1} ;;
      *) [[ $operands == command ]] && break ;;
    esac
  done
  if [[ -z $waiting && $operands == command ]] && { [[ -n $ended || $text != -* ]] || ((i < last)); }; then
    _nskit_other "\${places[i]}" "$text"
    return
  fi
  # readline replaces what follows the last of its breaks; within quotes it knows of none.
  local breaks=\${COMP_WORDBREAKS//[!=:]/} cut= quote=
  [[ $text == [\\"\\']* ]] && quote=\${text:0:1} text=\${text:1}
  [[ -z $quote && -n $breaks && $text == *[$breaks]* ]] && cut=\${text%"\${text##*[$breaks]}"}
  if [[ -n $waiting ]]; then
    _nskit_value "$command" "$waiting"
    _nskit_offer_kind "$value" '' "$text" "\${words[@]}"
  elif [[ -z $ended && $text == --*=* ]]; then
    _nskit_value "$command" "\${text%%=*}"
    _nskit_offer_kind "$value" "\${text%%=*}=" "\${text#*=}" "\${words[@]}"
  elif [[ -z $ended && $text == -[!-]?* ]]; then
    _nskit_value "$command" "\${text:0:2}"
    _nskit_offer_kind "$value" "\${text:0:2}" "\${text:2}" "\${words[@]}"
  elif [[ -z $ended && $text == -* ]]; then
    _nskit_offer '' "$text" "\${options[@]}"
  elif [[ $operands == none ]]; then
    [[ -z $text && -z $ended ]] && _nskit_offer '' '' "\${options[@]}"
  else
    _nskit_offer_kind "$operands" '' "$text" "\${items[@]}"
  fi
  COMPREPLY=("\${COMPREPLY[@]#"$cut"}")
}

complete -F _nskit nskit
`
