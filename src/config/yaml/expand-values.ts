import type { Environment } from '../../base/environment.ts';
import { expandVariables } from '../reading/expand-variables.ts';
import { type LocatedValue, mapParts, type Place } from '../reading/located-value.ts';

/** Receives problems. */
interface ProblemSink {
  readonly refuse: (place: Place, message: string, hint: string) => void;
}

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i;
const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null, '~': null, '': null };

/**
 * Expands the variables in all texts of a file. Expanded text without quotes is then interpreted as YAML, so that
 * `port: ${PORT}` results in a number.
 */
export function expandValues(value: LocatedValue, env: Environment, problems: ProblemSink): LocatedValue {
  if (value.kind !== 'scalar') return mapParts(value, (part) => expandValues(part, env, problems));
  return typeof value.value === 'string' ? expandText(value, value.value, env, problems) : value;
}

function expandText(
  scalar: Extract<LocatedValue, { kind: 'scalar' }>,
  text: string,
  env: Environment,
  problems: ProblemSink,
): LocatedValue {
  const expansion = expandVariables(text, env);
  if (expansion.kind === 'problem') {
    const { message, hint } = expansion;
    problems.refuse(scalar, message, hint);
    return scalar;
  }
  if (expansion.text === text) return scalar;
  return { ...scalar, value: scalar.isPlain ? plainMeaning(expansion.text) : expansion.text, source: expansion.text };
}

function plainMeaning(text: string): string | number | boolean | null {
  if (NUMBER.test(text)) return Number(text);
  const word = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  return word === undefined ? text : word;
}
