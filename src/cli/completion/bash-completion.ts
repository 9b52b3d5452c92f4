/**
 * Returns a completion script for bash, which the user sources. bash splits words at the characters of COMP_WORDBREAKS,
 * among them `@`, `:` and `=`, and replaces only what follows the last of them, together with an `@`. So the script joins
 * the words again, and removes from each candidate what bash keeps.
 */
export function bashCompletion(): string {
  return `# Completion of healer for bash: source <(healer completion bash)
_healer() {
  local rest=\${COMP_LINE:0:COMP_POINT} piece kind prefix candidate current kept='' quote=''
  local -a words=() lines=()
  for piece in "\${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [ \${#words[@]} -eq 0 ] || [[ $rest == [[:space:]]* ]]; then
      rest=\${rest#"\${rest%%[![:space:]]*}"}
      words+=('')
    fi
    [ \${#piece} -le \${#rest} ] || piece=$rest
    words[\${#words[@]}-1]+=$piece
    rest=\${rest#"$piece"}
  done
  current=\${words[\${#words[@]}-1]}
  words=("\${words[@]//[\\"\\'\\\\]/}")
  if [[ $current == *[\\"\\']* ]]; then
    kept=\${current%[\\"\\']*}
    kept=\${kept//[\\"\\'\\\\]/}
  else
    quote=\${COMP_WORDBREAKS//[^@:=]/}
    current=\${words[\${#words[@]}-1]}
    [ -z "$quote" ] || kept=\${current%"\${current##*[$quote]}"}
  fi
  # Unlike the others, "@" belongs to the word that readline replaces.
  [[ $kept != *@ || -z "$quote" ]] || kept=\${kept%@}
  current=\${words[\${#words[@]}-1]}
  COMPREPLY=()
  mapfile -t lines < <("\${words[0]/#\\~/$HOME}" completion --words -- "\${words[@]:1}" 2>/dev/null)
  [ \${#lines[@]} -gt 0 ] || return
  IFS=$'\\t' read -r kind prefix <<<"\${lines[0]}"
  for candidate in "\${lines[@]:1}"; do
    candidate=\${candidate%%$'\\t'*}
    [[ $candidate == "$current"* ]] && COMPREPLY+=("\${candidate#"$kept"}")
  done
  if [ "\${#COMPREPLY[@]}" -eq 1 ] && [[ \${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
  if [ "$kind" = files ]; then
    compopt -o filenames
    mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "\${current#"$prefix"}")
  fi
}
complete -F _healer healer
`;
}
