import type { Environment } from '../../../base/environment.ts';
import { escapeDollars } from './escape-references.ts';

/** `$$`, `${NAME}` with an operator of a shell, or `$NAME`. */
const REFERENCE = /\$\$|\$\{([A-Za-z_]\w*)(?:(:?[-?+])((?:[^{}]|\$\{[^{}]*\})*))?\}|\$([A-Za-z_]\w*)/g;

/**
 * Converts a text whose variables the other manager expands when it reads the file, such as Docker Compose. They become
 * references of healer.yaml, in which a variable that is not set is empty as there.
 * @param known variables of a file that the other manager reads, such as `.env`; their values are inserted
 */
export function interpolate(text: string, known: Environment): string {
  let at = 0;
  let result = '';
  for (const match of text.matchAll(REFERENCE)) {
    result += escapeDollars(text.slice(at, match.index)) + replacementOf(match, known);
    at = match.index + match[0].length;
  }
  return result + escapeDollars(text.slice(at));
}

function replacementOf(
  [whole, braced, operator = '', operand = '', bare]: RegExpExecArray,
  known: Environment,
): string {
  if (whole === '$$') return '$$';
  const name = braced ?? bare ?? '';
  const value = known[name];
  const isSet = value !== undefined && (value !== '' || !operator.startsWith(':'));
  if (operator.endsWith('+')) return isSet || process.env[name] !== undefined ? interpolate(operand, known) : '';
  if (isSet) return escapeDollars(value);
  if (operator.endsWith('?')) return `\${${name}}`;
  return `\${${name}:-${defaultOf(operand, known)}}`;
}

/** References of healer.yaml cannot be nested, so an inner one is replaced by its present value. */
function defaultOf(operand: string, known: Environment): string {
  return operand.replace(REFERENCE, (whole, braced?: string, operator?: string, inner?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return whole;
    return known[name] ?? process.env[name] ?? (operator?.endsWith('-') === true ? (inner ?? '') : '');
  });
}

/** Returns a text with the values that its variables have in an environment, as the other manager would read it now. */
export function expandNow(text: string, environment: Environment): string {
  return text.replace(REFERENCE, (_whole, braced?: string, given?: string, inner?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    const [operator, operand] = [given ?? '', inner ?? ''];
    const value = environment[name];
    const isSet = value !== undefined && (value !== '' || !operator.startsWith(':'));
    if (operator.endsWith('+')) return isSet ? expandNow(operand, environment) : '';
    if (isSet) return value;
    return operator.endsWith('-') ? expandNow(operand, environment) : '';
  });
}
