import { isUtf8 } from 'node:buffer';
import { dirname, resolve } from 'node:path';
import type { ConfigProblem } from '../reading/config-problem.ts';
import { type Definition, NOTHING_COMMON, type SourceReading } from '../reading/source-reading.ts';
import { type ListedSpec, parseProcessLine } from './process-line.ts';

interface ListedProgram {
  readonly spec: ListedSpec;
  /** `<file>:<line>` */
  readonly origin: string;
  readonly line: number;
  readonly column: number;
}

interface ProcessList {
  readonly entries: readonly ListedProgram[];
  /** In line order. */
  readonly problems: readonly ConfigProblem[];
  /** False when a line could not be read, so that a program missing from `entries` may still be in the list. */
  readonly isComplete: boolean;
}

type Line = ReturnType<typeof parseProcessLine> & { readonly number: number };
type Entry = Extract<Line, { kind: 'entry' }>;

/**
 * Reads a process list as a source. A line defines the command, its arguments and limits; the working directory and
 * adoption by name follow from the list itself.
 */
export function readProcessList(content: Buffer, file: string): SourceReading {
  const { entries, problems, isComplete } = parseProcessList(content, file);
  const definitions = entries.map(({ spec, origin, line, column }): Definition => {
    const { id, command, args, limits, cwd } = spec;
    return {
      id,
      file,
      origin,
      fields: { command, args, limits },
      // Most names in a list are those of programs that a desktop session has already started.
      implied: { cwd, adopt: 'by-name' },
      placeAt: () => ({ line, column }),
      depthOf: (path) => (path[0] === 'limits' || path[0] === 'command' || path[0] === 'args' ? path.length : 0),
      isOverride: false,
      isValid: true,
    };
  });
  const isBlank = content.length === 0;
  return { file, definitions, common: NOTHING_COMMON, problems, isComplete, isBlank, isAllOrNothing: false };
}

/** The replacement for bytes that are not UTF-8, and the zero byte, which no name or path can contain. */
const UNREADABLE = /[\uFFFD\0]/;

/** A text may contain a few zero bytes by mistake; a file with a larger share of them is binary. */
const BINARY_SHARE = 0.05;

/**
 * Parses a process list (docs/configuration.md). An invalid line results in problems, and the other lines are used. When
 * a name occurs twice, the last line counts. Programs run in the list's folder.
 */
export function parseProcessList(content: string | Buffer, file: string): ProcessList {
  const text = content.toString().replace(/^\uFEFF/, '');
  const zeros = text.split('\0').length - 1;
  if (zeros > text.length * BINARY_SHARE)
    return { entries: [], problems: [describeBinary(text, file)], isComplete: false };
  const hasUndecodedBytes = zeros > 0 || (typeof content !== 'string' && !isUtf8(content));
  const folder = dirname(resolve(file));
  const lines = text.split('\n').map((line, index): Line => {
    const parsed = hasUndecodedBytes ? parseUndecodedLine(line, folder) : parseProcessLine(line, folder);
    return { ...parsed, number: index + 1 };
  });
  const written = lines.filter((line): line is Entry => line.kind === 'entry');
  const last = new Map(written.map((entry) => [entry.spec.id, entry]));
  return {
    entries: written
      .filter((entry) => last.get(entry.spec.id) === entry)
      .map(({ spec, number, column }) => ({ spec, origin: `${file}:${number}`, line: number, column })),
    problems: lines.flatMap((line) => problemsOf(line, last, file)),
    isComplete: lines.every(({ kind }) => kind !== 'bad'),
  };
}

/** Parses a line of a file that contains undecodable bytes, which may be in this line. */
function parseUndecodedLine(line: string, folder: string): ReturnType<typeof parseProcessLine> {
  const parsed = parseProcessLine(line, folder);
  const at = line.search(UNREADABLE);
  if (at === -1 || parsed.kind === 'empty') return parsed;
  return {
    kind: 'bad',
    problems: [{ column: at + 1, message: 'invalid character', hint: 'save the file as UTF-8 text' }],
  };
}

function problemsOf(line: Line, last: ReadonlyMap<string, Entry>, file: string): ConfigProblem[] {
  if (line.kind === 'empty') return [];
  if (line.kind === 'bad') {
    return line.problems.map((problem) => ({ severity: 'error', file, line: line.number, ...problem }));
  }
  const { number: lastNumber = line.number } = last.get(line.spec.id) ?? {};
  if (lastNumber === line.number) return [];
  return [
    {
      severity: 'warning',
      file,
      line: line.number,
      column: line.column,
      message: `"${line.spec.id}" in line ${line.number} is overridden by line ${lastNumber}`,
      hint: 'rename one of them, or remove one',
    },
  ];
}

function describeBinary(text: string, file: string): ConfigProblem {
  const before = text.slice(0, text.indexOf('\0'));
  return {
    severity: 'error',
    file,
    line: before.split('\n').length,
    column: before.length - before.lastIndexOf('\n'),
    message: 'this is not a text file: it contains many zero bytes',
    hint: 'the file is ignored; save it as UTF-8 text',
  };
}
