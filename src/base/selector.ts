import { isGlob } from './glob.ts';

/** The selector that selects all programs. */
export const ALL = 'all';

/** One word that selects: an exact id or the base of numbered ids, `@group`, a glob of ids, or `all`. */
export type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'group'; readonly pattern: string }
  | { readonly kind: 'glob'; readonly pattern: string }
  | { readonly kind: 'id'; readonly id: string };

/** A selector, or why a text is not one. */
export type ParsedSelector = { readonly selector: Selector } | { readonly problem: string };

const ID_CHARACTERS = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const PATTERN_CHARACTERS = /^[A-Za-z0-9._@*?![\]^-]{1,200}$/;
const GROUP_CHARACTERS = /^[A-Za-z0-9._*?![\]^-]{1,200}$/;

/** Parses one word. Pure; it does not know which ids and groups exist. */
export function parseSelector(text: string): ParsedSelector {
  if (text === ALL) return { selector: { kind: 'all' } };
  if (text.startsWith('@')) {
    const pattern = text.slice(1);
    return GROUP_CHARACTERS.test(pattern)
      ? { selector: { kind: 'group', pattern } }
      : { problem: 'a group is written as "@name", with the characters A-Z a-z 0-9 . _ -' };
  }
  if (ID_CHARACTERS.test(text)) return { selector: { kind: 'id', id: text } };
  if (isGlob(text) && PATTERN_CHARACTERS.test(text)) return { selector: { kind: 'glob', pattern: text } };
  return {
    problem:
      'use 1 to 64 of the characters A-Z a-z 0-9 . _ @ - and start with one of A-Z a-z 0-9, or write "@group", a quoted pattern such as "web-*", or "all"',
  };
}

/** Returns whether a text is an id, as opposed to a selector that can stand for several. */
export function isPlainId(text: string): boolean {
  return text !== ALL && ID_CHARACTERS.test(text);
}
