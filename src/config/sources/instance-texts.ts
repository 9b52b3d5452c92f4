import type { ProcessSpec } from '../../protocol/process-spec.ts';

/** `${HEALER_INSTANCE}`, or an arithmetic expression with it as in a shell: `$((3000 + HEALER_INSTANCE))`. */
const REFERENCE = /\$\{HEALER_INSTANCE\}|\$\(\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)\)/g;
const TOKEN = /\s*(\d+|HEALER_INSTANCE|[-+*/%()])/y;

type Texts = Pick<ProcessSpec, 'args' | 'env'>;

/** Returns the arguments and variables of an instance, with its number in place of references to it. */
export function textsOfInstance({ args, env }: Texts, index: number): Texts {
  const expand = (text: string): string => expandInstance(text, index);
  return {
    args: args.map(expand),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, expand(value)])),
  };
}

/** Returns the field that refers to the number of an instance, although there are no instances; null for none. */
export function strayReference({ args, env }: Texts): 'args' | 'env' | null {
  const refers = (text: string): boolean => expandInstance(text, 0) !== text;
  if (args.some(refers)) return 'args';
  return Object.values(env).some(refers) ? 'env' : null;
}

/** Replaces references in one text. An invalid expression stays as it is: a shell may understand it. */
export function expandInstance(text: string, index: number): string {
  if (!text.includes('HEALER_INSTANCE')) return text;
  return text.replaceAll(REFERENCE, (whole: string, expression: string | undefined) => {
    if (expression === undefined) return String(index);
    const value = expression.includes('HEALER_INSTANCE') ? evaluate(expression, index) : null;
    return value === null ? whole : String(value);
  });
}

/** Returns the value of an expression of whole numbers, with + - * / % and parentheses; null if it is not one. */
function evaluate(expression: string, index: number): number | null {
  const tokens = tokensOf(expression);
  if (tokens === null) return null;
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++];
    if (token === '-') return -factor();
    if (token === 'HEALER_INSTANCE') return index;
    if (token !== '(') return Number(token ?? Number.NaN);
    const value = sum();
    return tokens[at++] === ')' ? value : Number.NaN;
  };
  const product = (): number => {
    let value = factor();
    for (let sign = tokens[at]; sign === '*' || sign === '/' || sign === '%'; sign = tokens[at]) {
      at++;
      const other = factor();
      value = sign === '*' ? value * other : sign === '/' ? Math.trunc(value / other) : value % other;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let sign = tokens[at]; sign === '+' || sign === '-'; sign = tokens[at]) {
      at++;
      value = sign === '+' ? value + product() : value - product();
    }
    return value;
  };
  const value = sum();
  return at === tokens.length && Number.isSafeInteger(value) ? value : null;
}

function tokensOf(expression: string): readonly string[] | null {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length;) {
    const [, token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return null;
    tokens.push(token);
  }
  return tokens;
}
