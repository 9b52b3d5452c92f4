import { escapeDollars } from '../draft/escape-references.ts';

/** The names that `%(name)s` can refer to, including `ENV_<NAME>` for variables that the file itself sets. */
export type Names = ReadonlyMap<string, string | number>;

const EXPRESSION = /%(?:\(([^)]*)\)([-0]*)(\d*)([sd])|(%)|(.?))/g;

interface Expanded {
  readonly text: string;
  /** Unknown expressions, which are kept as written. */
  readonly unknown: readonly string[];
}

/** Expands a text for healer.yaml: environment variables become references, `${NAME}`. */
export function expandText(text: string, names: Names): Expanded {
  return expand(escapeDollars(text), names, (name) => `\${${name}}`);
}

/** Expands a text whose value is needed now, such as a number. */
export function expandNow(text: string, names: Names): Expanded {
  return expand(text, names, (name) => process.env[name]);
}

function expand(text: string, names: Names, ofEnvironment: (name: string) => string | undefined): Expanded {
  const unknown: string[] = [];
  const replace = (whole: string, name?: string, flags?: string, width?: string, _kind?: string, percent?: string) => {
    if (percent !== undefined) return '%';
    const known = name === undefined ? undefined : (names.get(name) ?? fromEnvironment(name, ofEnvironment));
    if (known === undefined) unknown.push(whole);
    return known === undefined ? whole : pad(String(known), flags ?? '', Number(width ?? 0));
  };
  return { text: text.replace(EXPRESSION, replace), unknown };
}

function fromEnvironment(name: string, read: (name: string) => string | undefined): string | undefined {
  return name.startsWith('ENV_') ? read(name.slice('ENV_'.length)) : undefined;
}

function pad(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width);
  return text.padStart(width, flags.includes('0') ? '0' : ' ');
}
