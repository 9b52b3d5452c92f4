import { resolve } from 'node:path';
import { definedIdSchema } from '../../protocol/process-id-schema.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { LineProblem } from '../reading/config-problem.ts';
import { CPU_LIMIT, MEMORY_LIMIT, readLimit } from './limit-field.ts';
import { quoteExcerpt } from '../reading/quote-excerpt.ts';
import { splitWords, type Word } from '../../base/split-words.ts';

/** The fields of a program that a line defines, validated. Other fields are added when sources are combined. */
export type ListedSpec = Pick<ProcessSpec, 'id' | 'command' | 'args' | 'limits'> & { readonly cwd: string };

type ProcessLine =
  | { readonly kind: 'empty' }
  | { readonly kind: 'entry'; readonly spec: ListedSpec; readonly column: number }
  | { readonly kind: 'bad'; readonly problems: readonly LineProblem[] };

interface Fields {
  readonly name: Word;
  readonly cpu: Word;
  readonly memory: Word;
  readonly command: Word;
  readonly args: readonly Word[];
}

const FORM = 'expected: name cpu_limit memory_limit_MB [-- command arg ...]';
const FIELD_NAMES = ['name', 'CPU limit', 'memory limit'];

/**
 * Parses one line of a process list. Words are split as in a shell, but nothing is expanded.
 * @param folder the program's working directory, which a relative command with a slash starts from
 */
export function parseProcessLine(line: string, folder: string): ProcessLine {
  const { words, problem } = splitWords(line);
  if (problem !== null) return { kind: 'bad', problems: [problem] };
  if (words.length === 0) return { kind: 'empty' };
  const problems: LineProblem[] = [];
  const fields = readFields(words, line.trimEnd().length + 1, problems);
  const spec = fields === null ? null : buildSpec(fields, folder, problems);
  return spec === null ? { kind: 'bad', problems } : { kind: 'entry', spec, column: words[0]?.column ?? 1 };
}

function readFields(words: readonly Word[], endColumn: number, problems: LineProblem[]): Fields | null {
  const dashesAt = words.findIndex(({ text }) => text === '--');
  const dashesColumn = words[dashesAt]?.column ?? endColumn;
  const [name, cpu, memory, extra] = dashesAt === -1 ? words : words.slice(0, dashesAt);
  const [command, ...args] = dashesAt === -1 ? words.slice(0, 1) : words.slice(dashesAt + 1);
  if (name === undefined || cpu === undefined || memory === undefined) {
    const missing = FIELD_NAMES[[name, cpu, memory].indexOf(undefined)] ?? '';
    problems.push({
      column: dashesColumn,
      message: `the ${missing} is missing`,
      hint: `${FORM}; - means no limit`,
    });
  } else if (extra !== undefined) {
    problems.push({ column: extra.column, message: `unexpected ${quoteExcerpt(extra.text)}`, hint: FORM });
  } else if (command === undefined || (dashesAt !== -1 && command.text === '')) {
    const hint = 'write a command, or remove the dashes to run the name as a command';
    problems.push({ column: dashesColumn, message: 'the command after "--" is missing', hint });
  } else {
    return { name, cpu, memory, command, args };
  }
  return null;
}

function buildSpec(fields: Fields, folder: string, problems: LineProblem[]): ListedSpec | null {
  const { name, cpu, memory, command, args } = fields;
  const limits = {
    cpuPercent: readLimit(cpu, CPU_LIMIT, problems),
    memoryMb: readLimit(memory, MEMORY_LIMIT, problems),
  };
  for (const { message } of definedIdSchema.safeParse(name.text).error?.issues ?? []) {
    problems.push({ column: name.column, message: `${quoteExcerpt(name.text)} is not a valid name`, hint: message });
  }
  if (problems.length > 0) return null;
  return {
    id: name.text,
    command: command.text.includes('/') ? resolve(folder, command.text) : command.text,
    args: args.map(({ text }) => text),
    cwd: folder,
    limits,
  };
}
