import manifest from '../package.json' with { type: 'json' };
import type { CommandRow } from '../src/cli/command/command.ts';
import type { OptionRow, OptionRows } from '../src/cli/command/option.ts';
import { GLOBAL_OPTIONS } from '../src/cli/command/shared-options.ts';
import { COMMAND_GROUPS } from '../src/cli/command-groups/command-table.ts';
import { ERROR_CATALOG } from '../src/protocol/errors.ts';

/** A field of a program, as docs/configuration.md and healer.yaml(5) list it. */
export interface FieldEntry {
  readonly path: string;
  readonly type: string;
  readonly default: string;
  readonly effect: string;
  readonly meaning: string;
  readonly example: string;
}

/** Returns healer(1), generated from the command table. */
export function commandManual(): string {
  return page('HEALER', 1, 'User Commands', [
    ...section('NAME', text('healer - keep programs running, and heal their faults')),
    ...section('SYNOPSIS', '.B healer', text('[options] command [arguments]')),
    ...section(
      'DESCRIPTION',
      text(
        'A headless engine starts programs, monitors them, and heals crashes, hangs, leaks and excessive resource usage.',
      ),
      text('Commands talk to the engine through a socket. Programs keep running without any of them.'),
      '.PP',
      text('Programs are defined in healer.yaml(5), in process_list.txt, or with "healer add".'),
    ),
    ...section('OPTIONS OF ALL COMMANDS', ...options(GLOBAL_OPTIONS)),
    ...COMMAND_GROUPS.flatMap(({ heading, commands }) =>
      section(`${heading.toUpperCase()} COMMANDS`, ...Object.entries(commands).flatMap(command)),
    ),
    ...section(
      'EXIT STATUS',
      ...item('0', 'success'),
      ...item('1', 'failure'),
      ...item('2', 'wrong usage, or an invalid file'),
      ...item('3', ERROR_CATALOG.ENGINE_NOT_RUNNING.meaning),
    ),
    ...section(
      'ENVIRONMENT',
      ...item('HEALER_HOME', 'folder of all files; by default, the XDG folders are used'),
      ...item('HEALER_API_PORT, HEALER_ALIVENESS_PORT', 'ports of the remote API, or "off"'),
      ...item('NO_COLOR', 'no colors if it is set'),
    ),
    ...section(
      'FILES',
      ...item('healer.yaml, process_list.txt', 'programs of the current folder'),
      ...item('~/.config/healer', 'registry and settings'),
      ...item('~/.local/state/healer', 'state, events and logs'),
    ),
    ...section('SEE ALSO', text('healer.yaml(5)')),
  ]);
}

/** Returns healer.yaml(5), generated from the schema. */
export function fileManual(fields: readonly FieldEntry[]): string {
  const example = [
    'processes:',
    '  web:',
    '    command: node',
    '    args: [server.js]',
    '    limits: { memoryMb: 500 }',
  ];
  return page('HEALER.YAML', 5, 'File Formats', [
    ...section('NAME', text('healer.yaml - definitions of programs for healer(1)')),
    ...section(
      'DESCRIPTION',
      text('"healer up" reads healer.yaml of the current folder and applies edits within a second.'),
      text(
        'Paths are relative to the folder of the file. ${NAME} and ${NAME:-default} stand for environment variables.',
      ),
      text(
        'Times are in the unit that a field names, or have a unit such as 250ms, 5m or 1h30m; sizes such as 500M or 1.5G.',
      ),
    ),
    ...section('EXAMPLE', '.nf', ...example.map(text), '.fi'),
    ...section(
      'TOP LEVEL',
      ...item('processes', 'the programs: a map by id, or a list in which each has its id'),
      ...item('defaults', 'fields for programs that do not set them'),
      ...item('binaries', 'paths of executables for commands without a slash'),
      ...item('healing', 'heal, or observe to report faults only'),
      ...item('$schema', 'URL of the schema for editors'),
    ),
    ...section('FIELDS OF A PROGRAM', ...fields.flatMap(field)),
    ...section('SEE ALSO', text('healer(1)')),
  ]);
}

function field({ path, type, default: byDefault, effect, meaning, example }: FieldEntry): readonly string[] {
  const facts = [
    type,
    byDefault === '' ? '' : `default ${byDefault}`,
    effect === 'restart' ? 'a change restarts the program' : '',
  ]
    .filter((fact) => fact !== '')
    .join('; ');
  const plain = meaning.replaceAll('`', '');
  return [...item(path, `${plain}${facts === '' ? '' : ` (${facts})`}.`), '.br', text(`Example: ${example}`)];
}

function command([name, row]: readonly [name: string, row: CommandRow]): readonly string[] {
  const { summary, details, arguments: args = [], options: rows = {} } = row;
  const usage = [name, ...args.map(([argument]) => argument)].join(' ');
  return [
    '.TP',
    `.B ${quoted(usage)}`,
    text(`${summary}.`),
    '.RS',
    ...args.flatMap(([argument, meaning]) => item(argument, meaning)),
    ...options(rows),
    ...(details === undefined ? [] : ['.PP', '.nf', ...details.split('\n').map(text), '.fi']),
    '.RE',
  ];
}

function options(rows: OptionRows): readonly string[] {
  return Object.values(rows).flatMap((row) => [
    ...item(row.flags, summaryOf(row)),
    ...(row.opposite === undefined ? [] : item(row.opposite.flags, row.opposite.summary)),
  ]);
}

function summaryOf({ summary, choices, fallback }: OptionRow): string {
  const facts = [
    choices === undefined ? '' : `one of: ${choices.join(', ')}`,
    typeof fallback === 'string' || typeof fallback === 'number' ? `default: ${String(fallback)}` : '',
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? summary : `${summary} (${facts.join('; ')})`;
}

function page(title: string, number: number, manual: string, body: readonly string[]): string {
  const head = [
    '.\\" Generated by "npm run generate".',
    `.TH "${title}" ${String(number)} "" "healer ${manifest.version}" "${manual}"`,
  ];
  return `${[...head, ...body].join('\n')}\n`;
}

function section(title: string, ...lines: readonly string[]): readonly string[] {
  return [`.SH "${title}"`, ...lines];
}

function item(label: string, meaning: string): readonly string[] {
  return ['.TP', `.B ${quoted(label)}`, text(meaning)];
}

/** Escapes a line of text: hyphens stay hyphens when copied, and no line becomes a request. */
function text(line: string): string {
  const escaped = line.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** Quotes the argument of a request. */
function quoted(argument: string): string {
  return `"${text(argument).replaceAll('"', '\\(dq')}"`;
}
