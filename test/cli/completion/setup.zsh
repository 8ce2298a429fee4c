# What zsh does at a TAB, told to the file $RECORDS.
PS1= RPS1= PROMPT_EOL_MARK=
unsetopt beep zle_bracketed_paste prompt_cr 2>/dev/null
setopt no_list_beep no_always_last_prompt
autoload -Uz compinit
if [[ -n $AS_FILE ]]; then
  ln -s "$COMPLETION" "$HOME/_nskit"
  fpath=("$HOME" $fpath)
  compinit -u -D
else
  compinit -u -D
  source "$COMPLETION"
fi
LISTMAX=1000
zstyle ':completion:*' list-prompt ''

typeset -ga offers=()
# The matches that any part of the completion adds, as the line would have them.
compadd() {
  local -a found
  # With these it only fills arrays for the caller.
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)* ]]; then
    builtin compadd "$@"
    return
  fi
  builtin compadd -O found "$@"
  offers+=("${found[@]}")
  builtin compadd "$@"
}

tell() {
  printf '%s\x1f' "$BUFFER" "${(u)offers[@]}" >>"$RECORDS"
  printf '\x1e' >>"$RECORDS"
  offers=()
}
zle -N tell
bindkey '^G' tell
bindkey '^I' expand-or-complete
bindkey '^U' kill-whole-line
zle-line-init() { zle -D zle-line-init; tell }
zle -N zle-line-init
