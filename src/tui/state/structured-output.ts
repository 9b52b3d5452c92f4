import { sanitizeOutput } from '../../base/sanitize-text.ts';
import { levelOf, LOG_LEVELS, type LogLevel, structuredLine } from '../../base/structured-text.ts';
import { parseStyledText } from '../../base/styled-text.ts';
import type { NumberedLine } from './numbered-line.ts';

/** The least levels that `v` steps through; null shows all lines. */
const LEVEL_CHOICES: readonly (LogLevel | null)[] = [null, 'info', 'warn', 'error'];

/** Colors of levels, and the styles of names and of text around them (ECMA-48, "SGR"). */
const LEVEL_STYLES: Readonly<Partial<Record<LogLevel, string>>> = {
  trace: '2',
  debug: '2',
  warn: '33',
  error: '31',
  fatal: '31',
};
const LONGEST_LEVEL = 5;

/** A line is parsed once, however often it is drawn. */
const levels = new WeakMap<NumberedLine, LogLevel | null>();
const written = new WeakMap<NumberedLine, NumberedLine>();

/** Returns the level after this one. */
export function nextLevel(level: LogLevel | null): LogLevel | null {
  return LEVEL_CHOICES[(LEVEL_CHOICES.indexOf(level) + 1) % LEVEL_CHOICES.length] ?? null;
}

/** Returns whether a line has at least this level. Where runs and days begin is always shown. */
export function hasLevel(line: NumberedLine, level: LogLevel | null): boolean {
  if (level === null || line.mark !== undefined) return true;
  let found = levels.get(line);
  if (found === undefined) {
    found = levelOf(line.text);
    levels.set(line, found);
  }
  return found !== null && LOG_LEVELS.indexOf(found) >= LOG_LEVELS.indexOf(level);
}

/** Returns a JSON line as its level, its message, and its other fields; any other line as it is. */
export function byFields(line: NumberedLine): NumberedLine {
  let found = written.get(line);
  if (found === undefined) {
    found = fieldsOf(line);
    written.set(line, found);
  }
  return found;
}

function fieldsOf(line: NumberedLine): NumberedLine {
  const parts = line.mark === undefined && line.text.includes('{') ? structuredLine(line.text) : null;
  if (parts === null) return line;
  const { level, message, fields } = parts;
  const texts = [
    ...(level === null ? [] : [styled(LEVEL_STYLES[level] ?? '', level.toUpperCase().padEnd(LONGEST_LEVEL))]),
    // Text that JSON escaped may have controls.
    ...(message === null ? [] : [sanitizeOutput(message)]),
    ...fields.map(([path, value]) => styled('2', `${sanitizeOutput(path)}=`) + sanitizeOutput(value)),
  ];
  const shown = { ...line, ...parseStyledText(texts.join(' ')) };
  levels.set(shown, level);
  return shown;
}

function styled(style: string, text: string): string {
  return style === '' ? text : `\x1b[${style}m${text}\x1b[0m`;
}
