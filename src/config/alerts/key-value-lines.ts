import type { LineProblem } from '../reading/config-problem.ts';

/** A `key = value` line of a settings file. The line and columns are counted from 1. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  readonly keyColumn: number;
  readonly valueColumn: number;
}

export type SettingsLine = KeyValue | (LineProblem & { readonly line: number });

const PAIR = /^(\s*)([A-Za-z_][\w-]*)(\s*[=:]\s*)(.*?)\s*$/;

/**
 * Parses a settings file with one `key = value` or `key: value` per line; `#` or `;` starts a comment line. A value
 * extends to the end of its line, so that a password may contain any character. Quotes around a value are removed.
 */
export function parseKeyValueLines(content: string): SettingsLine[] {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((text, index) => (/^\s*([#;]|$)/.test(text) ? [] : [parseLine(text, index + 1)]));
}

function parseLine(text: string, line: number): SettingsLine {
  const [match, indent = '', key = '', separator = '', value = ''] = PAIR.exec(text) ?? [];
  if (match === undefined) {
    // The message does not quote the line, because it may contain a password.
    return {
      line,
      column: text.search(/\S/) + 1,
      message: 'this line is not "key = value"',
      hint: 'write "key = value", or start a comment with #',
    };
  }
  const keyColumn = indent.length + 1;
  const valueColumn = keyColumn + key.length + separator.length;
  return { line, key: key.toLowerCase(), value: unquote(value), keyColumn, valueColumn };
}

function unquote(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}
