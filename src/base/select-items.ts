import { baseOfInstance } from './instance-id.ts';
import { matchesGlob } from './glob.ts';
import { isInstanceOf } from './instance-id.ts';
import { nearestWord } from './nearest-word.ts';
import { parseSelector, type Selector } from './selector.ts';

/** Something that selectors can select. */
export interface Selectable {
  readonly id: string;
  readonly groups: readonly string[];
}

/** Returns whether a selector selects an item. An id also stands for its instances, unless it exists itself. */
function selectedBy<Item extends Selectable>(selector: Selector, items: readonly Item[]): readonly Item[] {
  switch (selector.kind) {
    case 'all':
      return items;
    case 'group':
      return items.filter(({ groups }) => groups.some((group) => matchesGlob(selector.pattern, group)));
    case 'glob':
      return items.filter(({ id }) => matchesGlob(selector.pattern, id));
    case 'id': {
      const exact = items.filter(({ id }) => id === selector.id);
      return exact.length > 0 ? exact : items.filter(({ id }) => isInstanceOf(id, selector.id));
    }
  }
}

/** What some words select. */
export interface Selection<Item extends Selectable> {
  /** Each item once, in the order of the words, and in the given order for each word. */
  readonly items: readonly Item[];
  /** One for each word that is not a selector, or that selects nothing. */
  readonly problems: readonly SelectorProblem[];
}

/** Why a word selects nothing. */
export interface SelectorProblem {
  readonly text: string;
  /** True if the text cannot be a selector; false if nothing matches it. */
  readonly isMalformed: boolean;
  /** As in `no program is called "wbe"`. */
  readonly message: string;
  /** Names that may be meant, as in `did you mean "web"?`; null if none is similar. */
  readonly hint: string | null;
}

/**
 * Selects items by words. `all` may select nothing; any other word that matches nothing is a problem.
 * @param isMeant whether a word that can stand for several items stands for this one; an id always stands for its item
 */
export function selectItems<Item extends Selectable>(
  texts: readonly string[],
  items: readonly Item[],
  isMeant: (item: Item) => boolean = () => true,
): Selection<Item> {
  const selected = new Set<Item>();
  const problems: SelectorProblem[] = [];
  for (const text of new Set(texts)) {
    const parsed = parseSelector(text);
    if ('problem' in parsed) {
      const message = `"${text}" is not a valid id: ${parsed.problem}`;
      problems.push({ text, isMalformed: true, message, hint: null });
      continue;
    }
    const { selector } = parsed;
    const found = selectedBy(selector, items);
    for (const item of found) if (selector.kind === 'id' || isMeant(item)) selected.add(item);
    if (found.length === 0 && selector.kind !== 'all') problems.push(nothingFound(text, selector, items));
  }
  return { items: [...selected], problems };
}

const MAX_NAMED = 5;

function nothingFound(
  text: string,
  selector: Exclude<Selector, { kind: 'all' }>,
  items: readonly Selectable[],
): SelectorProblem {
  const ids = items.map(({ id }) => id);
  const groups = [...new Set(items.flatMap((item) => item.groups))].sort();
  const problem = { text, isMalformed: false };
  switch (selector.kind) {
    case 'group':
      return {
        ...problem,
        message: `no program is in the group "${selector.pattern}"`,
        hint: hintAtGroup(selector.pattern, ids, groups),
      };
    case 'glob':
      return { ...problem, message: `no program matches "${text}"`, hint: hintAtId(text, ids, groups) };
    case 'id':
      return { ...problem, message: `no program is called "${text}"`, hint: hintAtId(text, ids, groups) };
  }
}

function hintAtGroup(pattern: string, ids: readonly string[], groups: readonly string[]): string | null {
  const nearest = nearestWord(withoutWildcards(pattern), groups);
  if (nearest !== null) return `did you mean "@${nearest}"?`;
  if (ids.includes(pattern)) return `did you mean the program "${pattern}"?`;
  if (groups.length === 0) return 'no program has the field "groups"';
  const rest = groups.length - MAX_NAMED;
  const named = groups.slice(0, MAX_NAMED).map((group) => `"@${group}"`);
  return `the groups are ${named.join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
}

function hintAtId(text: string, ids: readonly string[], groups: readonly string[]): string | null {
  if (groups.includes(text)) return `did you mean the group "@${text}"?`;
  const bases = ids.map((id) => baseOfInstance(id) ?? id);
  const nearest = nearestWord(withoutWildcards(text), [...new Set([...ids, ...bases])]);
  return nearest === null ? null : `did you mean "${nearest}"?`;
}

function withoutWildcards(pattern: string): string {
  return pattern.replaceAll(/[*?[\]]/g, '').replace(/-+$/, '');
}
