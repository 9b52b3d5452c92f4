import type { Command } from 'commander';
import { nearestWord } from '../../base/nearest-word.ts';
import { HealerError } from '../../protocol/errors.ts';

/** Adds the parent of commands of two words, such as `fleet` of `fleet ls`. Alone, it only names them. */
export function addFamily(program: Command, name: string, summary: string): Command {
  const family = program
    .command(name)
    .summary(summary)
    .description(summary)
    .usage('<command> [options]')
    .helpCommand(false)
    .argument('[command]')
    .allowExcessArguments(true);
  family.action((word: string | undefined) => {
    throw unknownCommand(
      name,
      word,
      family.commands.map((command) => command.name()),
    );
  });
  return family;
}

function unknownCommand(family: string, word: string | undefined, names: readonly string[]): HealerError {
  const nearest = word === undefined ? null : nearestWord(word, names);
  const problem =
    word === undefined ? `"healer ${family}" needs a command` : `"healer ${family}" has no command "${word}"`;
  const step = nearest === null ? `use one of ${names.join(', ')}` : `did you mean "healer ${family} ${nearest}"?`;
  return new HealerError('INVALID_CONFIG', `${problem} — ${step}`);
}
