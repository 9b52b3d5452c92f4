export type Variables = Readonly<Record<string, string>>;

/**
 * Parses an env file as foreman does: `NAME=value` at the start of a line, and nothing else. Quotes around the whole value are
 * removed, and in double quotes `\n` is a line break and a backslash escapes any other character.
 */
export function parseForemanEnv(text: string): Variables {
  const variables: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^([A-Za-z_0-9]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) variables[name] = foremanValue(value);
  }
  return variables;
}

function foremanValue(value: string): string {
  const [, single] = /^'(.*)'$/.exec(value) ?? [];
  if (single !== undefined) return single;
  const [, double] = /^"(.*)"$/.exec(value) ?? [];
  return double === undefined ? value : double.replaceAll('\\n', '\n').replace(/\\(.)/g, '$1');
}

interface DockerEnv {
  readonly variables: Variables;
  /** The first line that Docker would reject, starting at 1; null if there is none. */
  readonly problem: { readonly line: number; readonly message: string } | null;
}

/**
 * Parses an env file as `docker run --env-file` does: everything after the first `=` is the value, with its quotes, blanks and
 * `#`. A name alone takes its value from `known`.
 */
export function parseDockerEnv(text: string, known: Variables): DockerEnv {
  const variables: Record<string, string> = {};
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const at = line.indexOf('=');
    const name = at === -1 ? line : line.slice(0, at);
    if (name === '' || /\s/.test(name)) {
      const message = name === '' ? 'there is no name before "="' : `the name "${name}" contains a blank`;
      return { variables, problem: { line: index + 1, message } };
    }
    const value = at === -1 ? known[name] : line.slice(at + 1);
    if (value !== undefined) variables[name] = value;
  }
  return { variables, problem: null };
}

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const BETWEEN_LINES = /(?:\s|[#;][^\n]*)*/y;
const NAME = /([^=\n]*)(=?)/y;
/** A quoted piece, or the rest of the line with escaped line breaks. */
const VALUE_PIECE = /[ \t\r]*(?:'([^']*)(?:'|$)|"((?:\\[^]|[^"\\])*)(?:"|$)|((?:\\[^]|[^\n\\])+))/y;

/**
 * Parses an env file as `EnvironmentFile=` of systemd does: quoted pieces may span lines and are joined with what follows,
 * outside of quotes a backslash escapes a character or continues the line, and nothing is expanded.
 */
export function parseSystemdEnv(text: string): Variables {
  const variables: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    at = matchAt(BETWEEN_LINES, text, at).end;
    const { match, end } = matchAt(NAME, text, at);
    const [, name = '', equals] = match ?? [];
    at = end;
    if (equals === '=') {
      const value = systemdValue(text, end);
      if (VARIABLE_NAME.test(name.trimEnd())) variables[name.trimEnd()] = value.text;
      at = value.end;
    }
    at += 1;
  }
  return variables;
}

function systemdValue(text: string, start: number): { readonly text: string; readonly end: number } {
  const pieces: string[] = [];
  for (let at = start; ;) {
    const { match, end } = matchAt(VALUE_PIECE, text, at);
    if (match === null) return { text: pieces.join(''), end: lineEnd(text, at) };
    const [, single, double, bare] = match;
    if (bare !== undefined) pieces.push(bareValue(bare));
    else pieces.push(single ?? (double ?? '').replace(/\\\n/g, '').replace(/\\(["\\`$])/g, '$1'));
    at = end;
  }
}

/** Removes escapes and, unless they are escaped, blanks at the end. */
function bareValue(bare: string): string {
  return bare.replace(/\\([^])|[ \t\r]+/g, (piece, escaped: string | undefined, at: number) => {
    if (escaped !== undefined) return escaped === '\n' ? '' : escaped;
    return at + piece.length === bare.length ? '' : piece;
  });
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function matchAt(pattern: RegExp, text: string, at: number): { match: RegExpExecArray | null; end: number } {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return { match, end: match === null ? at : pattern.lastIndex };
}
