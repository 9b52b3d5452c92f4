import type { LineProblem } from '../reading/config-problem.ts';

/** `key = value` as it stands in a settings file. Line and columns from 1. */
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
 * Reads a settings file of `key = value` or `key: value` a line; `#` or `;` begins a comment line. A value runs to the
 * end of its line, so that a password may hold any character; quotes around all of it are taken off.
 */
export function parseKeyValueLines(content: string): SettingsLine[] {
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((text, index) => (/^\s*([#;]|$)/.test(text) ? [] : [parseLine(text, index + 1)]));
}

function parseLine(text: string, line: number): SettingsLine {
  const [match, indent = '', key = '', separator = '', value = ''] = PAIR.exec(text) ?? [];
  if (match === undefined) {
    // The line itself is not quoted: it may hold a password.
    return {
      line,
      column: text.search(/\S/) + 1,
      message: 'cannot read this line',
      hint: 'write "key = value", or begin a comment with #',
    };
  }
  const keyColumn = indent.length + 1;
  const valueColumn = keyColumn + key.length + separator.length;
  return { line, key: key.toLowerCase(), value: unquote(value), keyColumn, valueColumn };
}

function unquote(value: string): string {
  return /^(["']).*\1$/.test(value) && value.length > 1 ? value.slice(1, -1) : value;
}
