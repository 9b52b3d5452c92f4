import type { CommandModel, CompletionModel, Offer, OptionModel } from './completion-model.ts';

/** Returns a completion script for bash, which the user sources. */
export function bashCompletion({ commands, globalOptions }: CompletionModel): string {
  return `# Completion of healer for bash: source <(healer completion bash)
_healer() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command='' options='' words='' ids='' files='' instance=default index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      --instance) instance=\${COMP_WORDS[++index]} ;;
      ${valueNames(globalOptions, ['--instance']).join(' | ')}) ((index++)) ;;
      -*) ;;
      *) [ -n "$command" ] || command=\${COMP_WORDS[index]} ;;
    esac
  done
  case "$command $previous" in
${globalOptions.flatMap((option) => valueCases('*', option)).join('\n')}
${commands.flatMap(({ name, options }) => options.flatMap((option) => valueCases(name, option))).join('\n')}
    *)
      case $command in
        '') words='${commands.map(({ name }) => name).join(' ')}' ;;
${commands.map(commandCase).join('\n')}
      esac
      options="$options ${namesOf(globalOptions).join(' ')}"
      ;;
  esac
  if [ -n "$options" ] && [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    return
  fi
  [ -z "$ids" ] || words="$words $(healer completion --ids --instance "$instance" 2>/dev/null)"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [ -n "$files" ]; then
    compopt -o filenames
    mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -F _healer healer
`;
}

function commandCase({ name, options, argument }: CommandModel): string {
  return `        ${name}) options='${namesOf(options).join(' ')}' ${assignments(argument)} ;;`;
}

/** Returns the case of an option that takes a value. */
function valueCases(command: string, { names, value }: OptionModel): string[] {
  if (value === null) return [];
  const patterns = names.map((name) => (command === '*' ? `*' ${name}'` : `'${command} ${name}'`));
  return [`    ${patterns.join(' | ')}) ${assignments(value)} ;;`];
}

function assignments({ words, ids, files }: Offer): string {
  return `words='${words.join(' ')}' ids=${ids ? 'yes' : ''} files=${files ? 'yes' : ''}`;
}

function namesOf(options: readonly OptionModel[]): string[] {
  return options.flatMap(({ names }) => names);
}

function valueNames(options: readonly OptionModel[], except: readonly string[]): string[] {
  return namesOf(options.filter(({ value }) => value !== null)).filter((name) => !except.includes(name));
}
