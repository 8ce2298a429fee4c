# What bash does at a TAB, told to the file $RECORDS.
PS1=
bind 'set bell-style none' 'set page-completions off' 'set completion-query-items 0'
bind 'set enable-bracketed-paste off'
source "$LIBRARY"
if [[ -n $AS_FILE ]]; then
  # bash-completion finds it there.
  mkdir -p "$HOME/.local/share/bash-completion/completions"
  ln -s "$COMPLETION" "$HOME/.local/share/bash-completion/completions/nskit"
else
  source "$COMPLETION"
fi

offers=()
observed() {
  _nskit "$@"
  local status=$?
  offers=("${COMPREPLY[@]}")
  return $status
}
[[ -n $AS_FILE ]] || complete -F observed nskit

tell() {
  printf '%s\x1f' "$READLINE_LINE" "${offers[@]}" >>"$RECORDS"
  printf '\x1e' >>"$RECORDS"
  offers=()
}
bind -x '"\C-g": tell'
PROMPT_COMMAND='PROMPT_COMMAND=; tell'
