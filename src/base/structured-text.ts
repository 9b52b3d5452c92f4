import { parseJsonObject } from './parse-json-object.ts';

/** Levels, the least important first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LEVEL_FIELDS = ['level', 'severity', 'lvl', 'levelname', 'log.level', 'loglevel', '@l'] as const;

const NAMES: Readonly<Record<string, LogLevel>> = {
  ...Object.fromEntries(LOG_LEVELS.map((level) => [level, level])),
  ...{
    verbose: 'debug',
    dbg: 'debug',
    information: 'info',
    notice: 'info',
    warning: 'warn',
    wrn: 'warn',
    err: 'error',
    exception: 'error',
    traceback: 'error',
  },
  ...{ critical: 'fatal', crit: 'fatal', alert: 'fatal', emergency: 'fatal', emerg: 'fatal', panic: 'fatal' },
};

/** A level in text that is not JSON: `level=warn`, `[ERROR]`, or a word in capitals near the beginning ... */
const LOGFMT = /\b(?:level|lvl|severity)="?([a-z]+)/i;
const WORD = /(?:^|[\s[(|<:])(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)(?=$|[\s\])|>:,])/;
/** ... or how languages and tools begin the line that says why they failed, such as `TypeError: ...` or `fatal: ...`. */
const FAILURE =
  /^\s*(?:uncaught\s+)?(?:[\w.$]*(error|exception)|(fatal|panic|critical|warning|warn|err)(?:\s+error)?|(traceback) \(.*\)):/i;
const BEGINNING = 120;

/** Returns the level of a line of output, JSON or text; null if it names none. */
export function levelOf(text: string): LogLevel | null {
  const record = recordOf(text);
  if (record === null) {
    const beginning = text.slice(0, BEGINNING);
    const [, ...words] = LOGFMT.exec(beginning) ?? WORD.exec(beginning) ?? FAILURE.exec(beginning) ?? [];
    // Groups of the pattern that took no part are absent.
    return NAMES[words.filter(Boolean).join('').toLowerCase()] ?? null;
  }
  for (const field of LEVEL_FIELDS) {
    const value = valueAt(record, field);
    if (typeof value === 'number') return levelOfNumber(value);
    if (typeof value === 'string') return NAMES[value.toLowerCase()] ?? null;
  }
  return null;
}

/** The numbers of pino and bunyan: 10 is trace, 60 is fatal. */
function levelOfNumber(value: number): LogLevel {
  return LOG_LEVELS[Math.max(0, Math.min(LOG_LEVELS.length - 1, Math.floor(value / 10) - 1))] ?? 'info';
}

/** Returns whether a line has a level, and at least the given one. */
export function isAtLeast(text: string, level: LogLevel): boolean {
  const found = levelOf(text);
  return found !== null && LOG_LEVELS.indexOf(found) >= LOG_LEVELS.indexOf(level);
}

/** A field of a JSON line and the text that its value must have. */
export interface FieldCondition {
  /** Names separated by dots lead into nested objects. */
  readonly path: string;
  readonly value: string;
}

/** Returns whether a line is JSON with a field of this value. */
export function hasField(text: string, { path, value }: FieldCondition): boolean {
  const record = recordOf(text);
  if (record === null) return false;
  const found = valueAt(record, path);
  if (found === undefined) return false;
  return (typeof found === 'string' ? found : JSON.stringify(found)) === value;
}

/** A JSON line taken apart. */
export interface StructuredLine {
  readonly level: LogLevel | null;
  readonly message: string | null;
  /** All other fields but the time, those of nested objects with their path. */
  readonly fields: readonly (readonly [path: string, value: string])[];
}

const MESSAGE_FIELDS = ['msg', 'message', '@m', 'event'] as const;
const TIME_FIELDS: ReadonlySet<string> = new Set(['time', 'timestamp', 'ts', '@timestamp', '@t']);
/** Objects nested deeper stay JSON. */
const DEEPEST = 4;

/** Takes a JSON line apart; null for any other text. */
export function structuredLine(text: string): StructuredLine | null {
  const record = recordOf(text);
  if (record === null) return null;
  const messageField = MESSAGE_FIELDS.find((field) => typeof record[field] === 'string');
  const level = levelOf(text);
  const levelField = level === null ? undefined : LEVEL_FIELDS.find((field) => Object.hasOwn(record, field));
  const others = Object.entries(record).filter(
    ([name]) => name !== messageField && name !== levelField && !TIME_FIELDS.has(name),
  );
  return {
    level,
    message: messageField === undefined ? null : String(record[messageField]),
    fields: others.flatMap(([name, value]) => fieldsOf(name, value, 1)),
  };
}

function fieldsOf(path: string, value: unknown, depth: number): readonly (readonly [string, string])[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < DEEPEST) {
    const entries = Object.entries(value);
    if (entries.length > 0) return entries.flatMap(([name, each]) => fieldsOf(`${path}.${name}`, each, depth + 1));
  }
  const isPlain = typeof value === 'string' && /^[^\s"=]+$/.test(value);
  return [[path, isPlain ? value : JSON.stringify(value)]];
}

function recordOf(text: string): Readonly<Record<string, unknown>> | null {
  const trimmed = text.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}') ? parseJsonObject(trimmed) : null;
}

function valueAt(record: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  let value: unknown = record;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
