import type { Environment } from '../../base/environment.ts';

type Expansion =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'problem'; readonly message: string; readonly hint: string };

/** `$$`, or `${` up to its end. Other dollars are kept, because shell scripts contain many of them. */
const REFERENCE = /\$\$|\$\{([^{}]*)(\}?)/g;
const INSIDE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;
const HINT = 'write ${NAME}, ${NAME:-default}, or $$ for a dollar';

/**
 * Expands `${NAME}` and `${NAME:-default}` with environment variables. As in a shell, the default also replaces an empty
 * value. `$$` stands for a dollar.
 */
export function expandVariables(text: string, env: Environment): Expansion {
  if (!text.includes('$')) return { kind: 'text', text };
  const problems: Extract<Expansion, { kind: 'problem' }>[] = [];
  const expanded = text.replaceAll(REFERENCE, (whole: string, inside: string | undefined, end: string | undefined) => {
    if (inside === undefined) return '$';
    const value = end === '' ? unclosed(whole) : valueOf(inside, env);
    if (typeof value === 'string') return value;
    problems.push(value);
    return '';
  });
  return problems[0] ?? { kind: 'text', text: expanded };
}

/** Known only once the instances of a program are: `expandInstances` replaces it. */
const LATER = 'HEALER_INSTANCE';

function valueOf(inside: string, env: Environment): string | Extract<Expansion, { kind: 'problem' }> {
  if (inside === LATER) return `\${${LATER}}`;
  const [, name, fallback] = INSIDE.exec(inside) ?? [];
  if (name === undefined)
    return { kind: 'problem', message: `"\${${inside}}" is not a variable`, hint: hintFor(inside) };
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value !== undefined && (value !== '' || fallback === undefined)) return value;
  if (fallback !== undefined) return fallback;
  return {
    kind: 'problem',
    message: `the variable "${name}" is not set`,
    hint: `set it in the environment of the engine, or write \${${name}:-default}`,
  };
}

function hintFor(inside: string): string {
  return inside.includes(LATER) ? `write $((${inside.trim()})) to compute with the number of the instance` : HINT;
}

function unclosed(text: string): Extract<Expansion, { kind: 'problem' }> {
  const shown = text.length <= 40 ? text : `${text.slice(0, 40)}…`;
  return { kind: 'problem', message: `"${shown}" has no closing brace`, hint: HINT };
}
