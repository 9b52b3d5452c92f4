import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { quoteExcerpt } from '../reading/quote-excerpt.ts';
import type { LocatedField, LocatedMap, LocatedValue, Place } from '../reading/located-value.ts';
import { parseYaml, type PlacedProblem } from './parse-yaml.ts';

interface YamlContent {
  /** Null when nothing can be made of the text, or there is nothing in it. */
  readonly root: LocatedValue | null;
  readonly problems: readonly PlacedProblem[];
}

/** What aliases may bring in; a bomb of ten lines asks for billions. */
const MAX_ALIASED_PARTS = 100_000;
/** A key of YAML 1.1 that is still much used: https://yaml.org/type/merge.html */
const MERGE_KEY = '<<';

/** Reads a text as YAML 1.2 with merge keys, every value with its place. Never throws. */
export async function readYaml(text: string): Promise<YamlContent> {
  const { document, problems, placeOf } = await parseYaml(text);
  const contents = document?.contents ?? null;
  if (contents === null) return { root: null, problems };
  const reader = new NodeReader(placeOf);
  const root = reader.read(contents, { line: 1, column: 1 });
  return { root: reader.isExhausted ? null : root, problems: [...problems, ...reader.problems] };
}

/** A value that was left out, or cannot be told. */
function nothing(place: Place): LocatedValue {
  return { kind: 'scalar', value: null, source: '', isPlain: true, ...place };
}

class NodeReader {
  readonly problems: PlacedProblem[] = [];
  readonly #placeOf: (offset: number) => Place;
  readonly #anchors = new Map<string, Node>();
  /** The nodes that aliases lead through: one that holds itself has no end. */
  readonly #followed = new Set<Node>();
  #aliasedParts = 0;

  constructor(placeOf: (offset: number) => Place) {
    this.#placeOf = placeOf;
  }

  /** Nothing more is read then. */
  get isExhausted(): boolean {
    return this.#aliasedParts > MAX_ALIASED_PARTS;
  }

  /** @param around the place of what a node belongs to that was left out */
  read(node: unknown, around: Place): LocatedValue {
    const place = this.#placeOfNode(node, around);
    if (this.#followed.size > 0) this.#aliasedParts += 1;
    if (this.isExhausted) return nothing(place);
    if (isAlias(node)) return this.#readAlias(node.source, place);
    if (isMap(node) || isSeq(node) || isScalar(node)) this.#noteAnchor(node);
    if (isMap(node)) return { kind: 'map', ...this.#readFields(node, place), ...place };
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.read(item, place)), ...place };
    return isScalar(node) ? this.#readScalar(node, place) : nothing(place);
  }

  #placeOfNode(node: unknown, around: Place): Place {
    const offset = isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined;
    return offset === undefined ? around : this.#placeOf(offset);
  }

  #noteAnchor(node: Scalar | YAMLMap | YAMLSeq): void {
    if (node.anchor !== undefined && this.#followed.size === 0) this.#anchors.set(node.anchor, node);
  }

  #readAlias(name: string, place: Place): LocatedValue {
    const node = this.#anchors.get(name);
    if (node === undefined) {
      return this.#refuse(
        place,
        `nothing above is marked as "&${name}"`,
        `write &${name} before what *${name} stands for`,
      );
    }
    if (this.#followed.has(node) || this.#followed.size > 50) {
      return this.#refuse(place, `"*${name}" stands for something that holds itself`, 'write the part out');
    }
    const wasExhausted = this.isExhausted;
    this.#followed.add(node);
    const value = this.read(node, place);
    this.#followed.delete(node);
    if (this.isExhausted && !wasExhausted && this.#followed.size === 0) {
      const hint = 'write out what is meant, without aliases of aliases';
      this.problems.push({ ...place, message: `"*${name}" stands for far too much`, hint });
    }
    return value;
  }

  #readScalar({ value, source, type }: Scalar, place: Place): LocatedValue {
    const isKnown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { kind: 'scalar', value: isKnown ? value : null, source: source ?? '', isPlain: type === 'PLAIN', ...place };
  }

  #readFields(map: YAMLMap, around: Place): Pick<LocatedMap, 'fields' | 'refusedKeys'> {
    const own = new Map<string, LocatedField>();
    const refusedKeys: Place[] = [];
    const merged: LocatedField[] = [];
    for (const { key, value } of map.items) {
      const place = this.#placeOfNode(key, around);
      const field = { key: place, value: this.read(value, place) };
      if (isMergeKey(key)) merged.push(field);
      else if (!this.#addField(own, nameOf(key), field)) refusedKeys.push(place);
    }
    for (const { value } of merged) this.#mergeInto(own, value);
    return { fields: own, refusedKeys };
  }

  #addField(fields: Map<string, LocatedField>, name: string | null, field: LocatedField): boolean {
    const first = name === null ? undefined : fields.get(name);
    if (name === null) {
      this.#refuse(field.key, 'a key is a text, not a list or a map', 'put it in quotes if it is meant as a text');
    } else if (first !== undefined) {
      const message = `${quoteExcerpt(name)} stands here twice, first in line ${String(first.key.line)}`;
      this.#refuse(field.key, message, 'keep one of them');
    } else {
      fields.set(name, field);
      return true;
    }
    return false;
  }

  /** What stands in the map itself wins, then what was merged first. */
  #mergeInto(fields: Map<string, LocatedField>, value: LocatedValue): void {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind === 'map') {
        for (const [name, field] of source.fields) if (!fields.has(name)) fields.set(name, field);
      } else this.#refuse(source, '"<<" takes a map, or a list of maps', 'write <<: *name, where &name marks a map');
    }
  }

  #refuse(place: Place, message: string, hint: string): LocatedValue {
    this.problems.push({ line: place.line, column: place.column, message, hint });
    return nothing(place);
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === MERGE_KEY;
}

/** Null for a key that is no text. A number or a truth value is taken as it was written. */
function nameOf(key: unknown): string | null {
  if (!isScalar(key)) return null;
  return typeof key.value === 'string' ? key.value : (key.source ?? '');
}
