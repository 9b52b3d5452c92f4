import { PROCESS_STATES, type ProcessStateName } from '../../protocol/process-state.ts';
import { isLabelKey } from '../../base/label.ts';
import type { Presence } from './presence.ts';

/** Figures of a host that a selector can compare with a number. */
export const FIGURES = ['bad', 'programs', 'cpu', 'memory', 'load', 'degraded', 'age'] as const;
export type HostFigure = (typeof FIGURES)[number];
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** Words without a value. */
export const FLAGS = ['healthy', 'collision', 'away', 'fenced'] as const;
export type HostFlag = (typeof FLAGS)[number];

const PRESENCES = ['live', 'late', 'lost', 'left', 'never'] as const satisfies readonly Presence[];

/** One condition on a host. */
export type HostCondition =
  /** A glob of names. Several names in one selector mean any of them; all other terms must hold together. */
  | { readonly kind: 'name'; readonly glob: string }
  | { readonly kind: 'flag'; readonly flag: HostFlag }
  | { readonly kind: 'state'; readonly states: readonly (Presence | ProcessStateName)[] }
  | { readonly kind: 'text'; readonly of: 'site' | 'version' | 'config'; readonly globs: readonly string[] }
  | { readonly kind: 'label'; readonly key: string; readonly globs: readonly string[] }
  | {
      readonly kind: 'figure';
      readonly figure: HostFigure;
      readonly comparison: Comparison;
      /** In percent, a count, or seconds for `age`. */
      readonly value: number;
    };

export interface HostTerm {
  readonly negated: boolean;
  readonly condition: HostCondition;
  /** As it was written. */
  readonly text: string;
}

/** A parsed selector of hosts. No term at all selects every host. */
export type HostSelector = readonly HostTerm[];

/** A selector, or why a text is not one. */
export type ParsedHostSelector = { readonly selector: HostSelector } | { readonly problem: string };

/** The longest selector, in characters. */
const MAX_SELECTOR = 2000;
const TERM = /^(!?)([A-Za-z][A-Za-z0-9_.-]*)(!=|<=|>=|=|<|>)(.*)$/s;
const NAME_GLOB = /^[a-z0-9@*?![\]^-]{1,200}$/;
const VALUE_GLOB = /^[A-Za-z0-9_.:@/+*?![\]^-]{1,200}$/;

/** The selector language in one sentence, for messages and help. */
const SELECTOR_FORM =
  'write terms such as role=web, site=eu,us, state=failed, version=0.3.*, bad>0, healthy or web-*; "!" negates a term';

/**
 * Parses a selector such as `role=web site=eu !healthy`. All terms must hold, except that several names mean any of them;
 * values that are separated by commas mean any of them.
 */
export function parseHostSelector(text: string): ParsedHostSelector {
  if (text.length > MAX_SELECTOR) return { problem: `a selector has at most ${MAX_SELECTOR} characters` };
  const terms: HostTerm[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '' && part !== 'all')) {
    const term = parseTerm(word);
    if (typeof term === 'string') return { problem: term };
    terms.push(term);
  }
  return { selector: terms };
}

function parseTerm(text: string): HostTerm | string {
  const [, not = '', key = '', comparison = '', value = ''] = TERM.exec(text) ?? [];
  if (key === '') return parseWord(text);
  const condition = parseCondition(key, comparison as Comparison, value);
  if (typeof condition === 'string') return `"${text}": ${condition}`;
  // Only figures know "!=" themselves.
  const isUnequal = comparison === '!=' && condition.kind !== 'figure';
  return { negated: (not === '!') !== isUnequal, condition, text };
}

function parseWord(text: string): HostTerm | string {
  const negated = text.startsWith('!');
  const word = negated ? text.slice(1) : text;
  const flag = FLAGS.find((known) => known === word);
  if (flag !== undefined) return { negated, condition: { kind: 'flag', flag }, text };
  if (word === 'bad') {
    return { negated, condition: { kind: 'figure', figure: 'bad', comparison: '>', value: 0 }, text };
  }
  const presence = PRESENCES.find((known) => known === word);
  if (presence !== undefined) return { negated, condition: { kind: 'state', states: [presence] }, text };
  if (NAME_GLOB.test(word)) return { negated, condition: { kind: 'name', glob: word }, text };
  return `"${text}" is neither a condition nor the name of a host: ${SELECTOR_FORM}`;
}

const ALIASES: Readonly<Record<string, string>> = { mem: 'memory', prog: 'programs', seen: 'age', ver: 'version' };

function parseCondition(written: string, comparison: Comparison, value: string): HostCondition | string {
  const key = ALIASES[written] ?? written;
  const figure = FIGURES.find((known) => known === key);
  if (figure !== undefined) return parseFigure(figure, comparison, value);
  if (comparison !== '=' && comparison !== '!=') return `only ${FIGURES.join(', ')} can be compared by size`;
  const values = value.split(',');
  if (!values.every((part) => VALUE_GLOB.test(part))) return 'the value is missing, or contains an invalid character';
  if (key === 'state') return parseStates(values);
  if (key === 'site' || key === 'version' || key === 'config') return { kind: 'text', of: key, globs: values };
  if (key === 'host' || key === 'name') {
    return 'write the name alone, as in web-* or !web-01';
  }
  const label = key.startsWith('label.') ? key.slice('label.'.length) : key;
  return isLabelKey(label) ? { kind: 'label', key: label, globs: values } : `"${label}" cannot be the key of a label`;
}

function parseStates(values: readonly string[]): HostCondition | string {
  const known: readonly (Presence | ProcessStateName)[] = [...PRESENCES, ...PROCESS_STATES];
  const states: (Presence | ProcessStateName)[] = [];
  for (const value of values) {
    const state = known.find((candidate) => candidate === value);
    if (state === undefined) return `"${value}" is not a state: use one of ${known.join(', ')}`;
    states.push(state);
  }
  return { kind: 'state', states };
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

function parseFigure(figure: HostFigure, comparison: Comparison, text: string): HostCondition | string {
  const [, digits, unit = ''] = /^(\d{1,12}(?:\.\d{1,3})?)(%|[smhd])?$/.exec(text) ?? [];
  const isTime = unit in SECONDS;
  if (digits === undefined || (isTime && figure !== 'age')) return `"${text}" is not a number`;
  return { kind: 'figure', figure, comparison, value: Number(digits) * (SECONDS[unit] ?? 1) };
}
