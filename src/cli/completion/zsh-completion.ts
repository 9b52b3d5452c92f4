/** Returns a completion script for zsh, which the user sources or saves as `_healer` in $fpath. */
export function zshCompletion(): string {
  return `#compdef healer
# Completion of healer for zsh: source <(healer completion zsh), or save it as _healer in $fpath.
_healer() {
  local -a lines header words_before texts shown open open_shown
  local line text meaning
  words_before=("\${(@Q)words[2,CURRENT-1]}")
  lines=("\${(@f)$(\${(Q)words[1]} completion --words -- "\${words_before[@]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  header=("\${(@s:	:)lines[1]}")
  for line in "\${(@)lines[2,-1]}"; do
    text=\${line%%$'\\t'*} meaning=\${line#*$'\\t'}
    [[ -n $meaning ]] && meaning="$text -- $meaning" || meaning=$text
    if [[ $text == *= ]]; then open+=("$text") open_shown+=("$meaning")
    else texts+=("$text") shown+=("$meaning"); fi
  done
  (( $#texts )) && compadd -l -d shown -a texts
  (( $#open )) && compadd -l -S '' -d open_shown -a open
  if [[ $header[1] == files ]]; then
    [[ -z $header[2] ]] || compset -P '*='
    _files
  fi
}
if [[ $funcstack[1] == _healer ]]; then _healer "$@"; else compdef _healer healer; fi
`;
}
