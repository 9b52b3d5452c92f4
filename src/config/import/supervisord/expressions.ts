import { escapeDollars } from '../draft/escape-references.ts';

/** Names that `%(name)s` may have; of the environment those that the file itself sets, as `ENV_<NAME>`. */
export type Names = ReadonlyMap<string, string | number>;

const EXPRESSION = /%(?:\(([^)]*)\)([-0]*)(\d*)([sd])|(%)|(.?))/g;

interface Expanded {
  readonly text: string;
  /** Expressions that mean nothing here; they stay as they are written. */
  readonly unknown: readonly string[];
}

/** Expands into a text of healer.yaml: what the environment says stays a reference, `${NAME}`. */
export function expandText(text: string, names: Names): Expanded {
  return expand(escapeDollars(text), names, (name) => `\${${name}}`);
}

/** Expands into a value that has to be known now, such as a number. */
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
