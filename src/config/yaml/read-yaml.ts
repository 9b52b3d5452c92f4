import { quoteExcerpt } from '../reading/quote-excerpt.ts';
import type { LocatedField, LocatedMap, LocatedValue, Place, RefusedKey } from '../reading/located-value.ts';
import { LinePlaces } from './line-places.ts';
import { parseQuickly } from './parse-quickly.ts';
import type { PlacedProblem } from './parse-yaml.ts';
import type { YamlNode, YamlPair } from './yaml-node.ts';

interface YamlContent {
  /** Null when the text is not valid YAML, or empty. */
  readonly root: LocatedValue | null;
  readonly problems: readonly PlacedProblem[];
}

/** Limits how many values aliases expand to: an alias bomb of ten lines expands to billions. */
const MAX_ALIASED_PARTS = 100_000;
/** A YAML 1.1 feature that is still common: https://yaml.org/type/merge.html */
const MERGE_KEY = '<<';

/** Reads a text as YAML 1.2 with merge keys; each value keeps its place. Never throws. */
export async function readYaml(text: string): Promise<YamlContent> {
  const parsed = parseQuickly(text);
  if (parsed !== null) return locate(parsed, text, []);
  const { parseYaml } = await import('./parse-yaml.ts');
  const { root, problems } = await parseYaml(text);
  return root === null ? { root, problems } : locate(root, text, problems);
}

function locate(node: YamlNode, text: string, problems: readonly PlacedProblem[]): YamlContent {
  const reader = new NodeReader(new LinePlaces(text));
  const root = reader.read(node, { line: 1, column: 1 });
  return { root: reader.isExhausted ? null : root, problems: [...problems, ...reader.problems] };
}

/** A missing or unreadable value. */
function nothing(place: Place): LocatedValue {
  return { kind: 'scalar', value: null, source: '', isPlain: true, ...place };
}

class NodeReader {
  readonly problems: PlacedProblem[] = [];
  readonly #places: LinePlaces;
  readonly #anchors = new Map<string, YamlNode>();
  /** The aliased nodes being read, to detect a node that contains itself. */
  readonly #followed = new Set<YamlNode>();
  #aliasedParts = 0;

  constructor(places: LinePlaces) {
    this.#places = places;
  }

  /** True when aliases expanded to too many values; nothing more is read then. */
  get isExhausted(): boolean {
    return this.#aliasedParts > MAX_ALIASED_PARTS;
  }

  /** @param around the place of the enclosing value, used for a missing node */
  read(node: YamlNode, around: Place): LocatedValue {
    const place = node.at === null ? around : this.#places.at(node.at);
    if (this.#followed.size > 0) this.#aliasedParts += 1;
    if (this.isExhausted) return nothing(place);
    if (node.kind === 'alias') return this.#readAlias(node.name, place);
    if (node.anchor !== undefined && this.#followed.size === 0) this.#anchors.set(node.anchor, node);
    if (node.kind === 'map') return { kind: 'map', ...this.#readFields(node.pairs, place), ...place };
    if (node.kind === 'list')
      return { kind: 'list', items: node.items.map((item) => this.read(item, place)), ...place };
    const { value, source, isPlain } = node;
    return { kind: 'scalar', value, source, isPlain, ...place };
  }

  #readAlias(name: string, place: Place): LocatedValue {
    const node = this.#anchors.get(name);
    if (node === undefined) {
      return this.#refuse(
        place,
        `the alias "*${name}" has no anchor above it`,
        `write &${name} before the value that *${name} stands for`,
      );
    }
    if (this.#followed.has(node) || this.#followed.size > 50) {
      return this.#refuse(place, `the alias "*${name}" refers to a value that contains it`, 'write the value out');
    }
    const wasExhausted = this.isExhausted;
    this.#followed.add(node);
    const value = this.read(node, place);
    this.#followed.delete(node);
    if (this.isExhausted && !wasExhausted && this.#followed.size === 0) {
      const hint = 'write the values out, without nested aliases';
      this.problems.push({ ...place, message: `the alias "*${name}" expands to too many values`, hint });
    }
    return value;
  }

  #readFields(pairs: readonly YamlPair[], around: Place): Pick<LocatedMap, 'fields' | 'refusedKeys'> {
    const own = new Map<string, LocatedField>();
    const refusedKeys: RefusedKey[] = [];
    const merged: LocatedField[] = [];
    for (const { key, value } of pairs) {
      const place = key.at === null ? around : this.#places.at(key.at);
      const field = { key: place, value: this.read(value, place) };
      const name = nameOf(key);
      if (isMergeKey(key)) merged.push(field);
      else if (!this.#addField(own, name, field))
        refusedKeys.push({ ...place, ...(name !== null && own.has(name) && { duplicates: name }) });
    }
    for (const { value } of merged) this.#mergeInto(own, value);
    return { fields: own, refusedKeys };
  }

  #addField(fields: Map<string, LocatedField>, name: string | null, field: LocatedField): boolean {
    const first = name === null ? undefined : fields.get(name);
    if (name === null) {
      this.#refuse(field.key, 'a key has to be text, not a list or a map', 'put it in quotes if it is text');
    } else if (name === '__proto__') {
      // JavaScript objects and the validation of maps lose it without a problem.
      this.#refuse(field.key, '"__proto__" cannot be used as a name', 'choose another name');
    } else if (first !== undefined) {
      const message = `duplicate key ${quoteExcerpt(name)}, first used in line ${String(first.key.line)}`;
      this.#refuse(field.key, message, 'keep one of them');
    } else {
      fields.set(name, field);
      return true;
    }
    return false;
  }

  /** The map's own fields win over merged ones, and earlier merged maps over later ones. */
  #mergeInto(fields: Map<string, LocatedField>, value: LocatedValue): void {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind === 'map') {
        for (const [name, field] of source.fields) if (!fields.has(name)) fields.set(name, field);
      } else this.#refuse(source, '"<<" has to be a map or a list of maps', 'write <<: *name, where &name marks a map');
    }
  }

  #refuse(place: Place, message: string, hint: string): LocatedValue {
    this.problems.push({ line: place.line, column: place.column, message, hint });
    return nothing(place);
  }
}

function isMergeKey(key: YamlNode): boolean {
  return key.kind === 'scalar' && key.isPlain && key.source === MERGE_KEY;
}

/** Returns null for a key that is not text. Numbers and booleans count as the text that was written. */
function nameOf(key: YamlNode): string | null {
  if (key.kind !== 'scalar') return null;
  return typeof key.value === 'string' ? key.value : key.source;
}
