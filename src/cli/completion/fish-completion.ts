import type { CompletionModel, Offer, OptionModel } from './completion-model.ts';

/** Returns a completion script for fish, which the user sources. */
export function fishCompletion({ commands, globalOptions }: CompletionModel): string {
  const lines = [
    ...globalOptions.map((option) => optionLine('', option)),
    ...commands.flatMap(({ name, summary, options, argument }) => {
      const isChosen = `-n '__fish_seen_subcommand_from ${name}'`;
      return [
        `complete -c healer -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`,
        ...options.map((option) => optionLine(isChosen, option)),
        ...argumentLine(isChosen, argument),
      ];
    }),
  ];
  return `# Completion of healer for fish: healer completion fish | source
function __healer_ids
  set -l words (commandline -opc)
  set -l at (contains -i -- --instance $words)
  and set -l instance --instance $words[(math $at + 1)]
  healer completion --ids $instance 2>/dev/null
end
complete -c healer -f
${lines.join('\n')}
`;
}

function optionLine(condition: string, { names, summary, value }: OptionModel): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes = value === null ? [] : [value.files ? '-r -F' : '-x', ...wordsOf(value)];
  return ['complete -c healer', condition, ...flags, ...takes, `-d ${quote(summary)}`].filter(Boolean).join(' ');
}

function argumentLine(condition: string, offer: Offer): string[] {
  const words = wordsOf(offer);
  if (offer.files) return [`complete -c healer ${condition} -F`];
  return words.length === 0 ? [] : [`complete -c healer ${condition} ${words.join(' ')}`];
}

function wordsOf({ words, ids }: Offer): string[] {
  const all = [...words, ...(ids ? ['(__healer_ids)'] : [])];
  return all.length === 0 ? [] : [`-a ${quote(all.join(' '))}`];
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
