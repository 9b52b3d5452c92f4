import { splitWords } from '../../../base/split-words.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { fieldsOfWords, parseExecLine } from './exec-line.ts';
import type { UnitValue } from './unit-file.ts';

type PlaceOf = (line: number) => string;

/** Reads `Environment=` and `EnvironmentFile=`. Returns the variables that the unit itself sets. */
export function readVariables(
  values: readonly UnitValue[],
  draft: ProgramDraft,
  placeOf: PlaceOf,
): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const { text, line } of values.filter(({ key }) => key === 'Environment')) {
    for (const { text: pair } of splitWords(text).words) {
      const at = pair.indexOf('=');
      if (at > 0) env[pair.slice(0, at)] = pair.slice(at + 1);
      else draft.lose(placeOf(line), `Environment: "${pair}" is not NAME=value; systemd ignores it too`);
    }
  }
  const files = values.filter(({ key }) => key === 'EnvironmentFile');
  if (Object.keys(env).length > 0) draft.set({ env });
  if (files.length > 0) {
    const paths = files.map(({ text }) => (text.startsWith('-') ? `?${text.slice(1)}` : text));
    draft.set({ envFile: paths, envFileDialect: 'systemd' });
    // In systemd, files override the unit.
    if (Object.keys(env).length > 0) {
      draft.lose(
        placeOf(files[0]?.line ?? 1),
        'EnvironmentFile: in healer, variables of "env" override those of files',
      );
    }
  }
  return files.length > 0 ? {} : env;
}

/** Converts `ExecStart=`. One-shot units may have several commands, which run one after the other. */
export function convertCommand(
  values: readonly UnitValue[],
  env: Readonly<Record<string, string>>,
  draft: ProgramDraft,
  placeOf: PlaceOf,
): void {
  const starts = values
    .filter(({ key }) => key === 'ExecStart')
    .map(({ text, line }) => ({ ...parseExecLine(text), line }));
  const [first] = starts;
  if (first === undefined) {
    draft.problem ??= 'it has no ExecStart';
    return;
  }
  const broken = starts.find(({ problem }) => problem !== null);
  if (broken?.problem !== undefined && broken.problem !== null) draft.problem ??= `ExecStart: ${broken.problem}`;
  for (const { text, line } of values.filter(({ key }) => key === 'ExecCondition'))
    draft.lose(placeOf(line), `ExecCondition: "${text}" has no equivalent; the program starts in any case`);
  if (/[+!]/.test(first.prefixes))
    draft.lose(placeOf(first.line), 'ExecStart: the prefix for full privileges has no equivalent');
  if (first.prefixes.includes('@'))
    draft.note('minor', placeOf(first.line), 'ExecStart: the program sees the path of its command as its name');
  if (starts.length === 1 && !first.words.includes(';')) {
    draft.set(fieldsOfWords(first.words, env, !first.prefixes.includes(':')));
    if (first.prefixes.includes('-'))
      draft.lose(placeOf(first.line), 'ExecStart: a failure is not ignored; set restart.successExitCodes');
    return;
  }
  const lines = starts.flatMap(({ words, prefixes }) => commandsIn(words).map((one) => lineOf(one, env, prefixes)));
  draft.set({ command: lines.join(' && '), shell: true });
}

/** Splits a line at the words that separate commands. */
export function commandsIn(words: readonly string[]): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word === ';') commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.filter((command) => command.length > 0);
}

/** Returns a command as a line for a shell, in which a failure is ignored if its prefixes say so. */
export function lineOf(words: readonly string[], env: Readonly<Record<string, string>>, prefixes: string): string {
  const { command, args = [], shell } = fieldsOfWords(words, env, !prefixes.includes(':'));
  const line = shell === true ? command.replace(/^exec /, '') : [command, ...args.map(String)].map(quoted).join(' ');
  return prefixes.includes('-') ? `{ ${line} || true; }` : line;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
