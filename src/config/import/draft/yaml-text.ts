import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { HealerError } from '../../../protocol/errors.ts';

/** Large Docker Compose files share their settings with hundreds of aliases; an attack has billions. */
const MAX_ALIASES = 100_000;

/** The path of a value within a document. */
export type YamlPath = readonly (string | number)[];

/** A parsed YAML file. */
export interface YamlText {
  /** The content as plain values; merge keys and aliases are resolved. */
  readonly value: unknown;
  /** Returns the place of a value, such as `mprocs.yaml:12`; the place of its nearest parent when it comes from a merge key. */
  readonly placeOf: (path: YamlPath) => string;
}

/**
 * Parses a YAML file of another process manager. JSON is YAML too.
 * @throws HealerError INVALID_CONFIG with line and column when it is invalid
 */
export function parseYamlFile(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { merge: true, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw unreadable(file, error.message);
  try {
    const value = document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
    return { value, placeOf: (path) => `${file}:${String(lineOf(document, lines, path))}` };
  } catch (cause) {
    // Such as an alias that expands to an unreasonable size.
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause));
  }
}

function lineOf(document: Document, lines: LineCounter, path: YamlPath): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const segment of path) {
    const found = childOf(isAlias(node) ? node.resolve(document) : node, segment);
    if (found === null) break;
    offset = found.offset;
    node = found.value;
  }
  return lines.linePos(offset).line;
}

function childOf(node: unknown, segment: string | number): { readonly offset: number; readonly value: unknown } | null {
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return isNode(item) ? { offset: startOf(item), value: item } : null;
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
  return pair === undefined ? null : { offset: isNode(pair.key) ? startOf(pair.key) : 0, value: pair.value };
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function unreadable(file: string, message: string): HealerError {
  const [, problem, line, column] = /^(.*) at line (\d+), column (\d+)/.exec(message) ?? [];
  const [first = ''] = message.split('\n');
  const why = problem === undefined ? first : `line ${String(line)}, column ${String(column)}: ${problem}`;
  return new HealerError('INVALID_CONFIG', `cannot read "${file}": ${why}`, { file });
}
