import type { CommandModel, CompletionModel, Offer, OptionModel } from './completion-model.ts';

/** Returns a completion script for zsh, which the user sources or saves as `_healer` in $fpath. */
export function zshCompletion({ commands, globalOptions }: CompletionModel): string {
  const global = globalOptions.map(specOf).join(' \\\n    ');
  return `#compdef healer
# Completion of healer for zsh: source <(healer completion zsh), or save it as _healer in $fpath.
_healer_ids() {
  local -a ids
  local at=\${_healer_words[(i)--instance]}
  ids=(\${(f)"$(healer completion --ids --instance "\${_healer_words[at + 1]:-default}" 2>/dev/null)"})
  compadd -a ids
}
_healer_commands() {
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary.replaceAll(':', '\\:')}`)}`).join('\n')}
  )
  _describe command commands
}
_healer() {
  local context state state_descr line
  typeset -A opt_args
  local -a _healer_words=("\${words[@]}")
  _arguments -C \\
    ${global} \\
    '1: :_healer_commands' \\
    '*:: :->command'
  [[ $state == command ]] || return 0
  case $words[1] in
${commands.map((command) => commandCase(command, global)).join('\n')}
  esac
}
if [[ $funcstack[1] == _healer ]]; then _healer "$@"; else compdef _healer healer; fi
`;
}

function commandCase({ name, options, argument }: CommandModel, global: string): string {
  const specs = [...options.map(specOf), `'*: :${actionOf(argument)}'`];
  return `    ${name})\n      _arguments \\\n    ${global} \\\n    ${specs.join(' \\\n    ')}\n      ;;`;
}

/** Returns an option in the syntax of _arguments: '(-f --follow)'{-f,--follow}'[summary]:value:action'. */
function specOf({ names, summary, value }: OptionModel): string {
  const text = `[${summary.replace(/[[\]:\\]/g, '\\$&')}]${value === null ? '' : `:value:${actionOf(value)}`}`;
  const [only = ''] = names;
  return names.length === 1 ? quote(`${only}${text}`) : `'(${names.join(' ')})'{${names.join(',')}}${quote(text)}`;
}

function actionOf({ words, ids, files }: Offer): string {
  if (words.length > 0 && ids) return `{_healer_ids; compadd ${words.join(' ')}}`;
  if (ids) return '_healer_ids';
  if (words.length > 0) return `(${words.join(' ')})`;
  return files ? '_files' : ' ';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
