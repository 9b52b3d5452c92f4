import { sanitizeText } from '../../base/sanitize-text.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { ProgramSuggestions, Suggestion } from '../../protocol/results/suggestions.ts';
import type { RunOf } from '../command/command.ts';
import { withConnection } from '../command/context.ts';
import { validateSelectors } from '../command/process-id.ts';
import type { INSPECT_COMMANDS } from '../command-groups/inspect-commands.ts';
import type { Terminal } from '../output/terminal.ts';
import { selectable, selectRows } from '../report/select-programs.ts';

export const run: RunOf<typeof INSPECT_COMMANDS.suggest> = async (context, words) => {
  validateSelectors(words);
  const programs = await withConnection(context, async ({ api }) => suggestionsFor(api, words));
  if (context.terminal.json) context.terminal.printJson(programs);
  else for (const program of programs) print(context.terminal, program);
  return 0;
};

async function suggestionsFor(api: EngineApi, words: readonly string[]): Promise<readonly ProgramSuggestions[]> {
  const all = await api.suggest({});
  if (words.length === 0) return all;
  const ids = new Set(selectRows(words, selectable(await listAll(api))).map(({ id }) => id));
  return all.filter(({ id }) => ids.has(id));
}

function print(terminal: Terminal, { id, suggestions, note }: ProgramSuggestions): void {
  const { style } = terminal;
  if (suggestions.length === 0) {
    terminal.print(`${style.strong(id)}  ${note}`);
    return;
  }
  terminal.print(style.strong(id));
  for (const { field, now, proposed, reason } of suggestions)
    terminal.print(`  ${field}: ${show(now)} -> ${show(proposed)}  ${style.faint(`(${sanitizeText(reason)})`)}`);
  terminal.print(`  apply with: ${commandFor(id, suggestions)}`);
}

/** Returns the command that applies the suggestions, as it can be copied. */
function commandFor(id: string, suggestions: readonly Suggestion[]): string {
  const settings = suggestions.map(({ field, proposed }) => `--set ${field}=${String(proposed)}`);
  return ['healer update', id, ...settings].join(' ');
}

function show(value: Suggestion['now']): string {
  return value === null ? 'none' : String(value);
}
