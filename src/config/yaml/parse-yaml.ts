import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, Parser } from 'yaml';
import type { Place } from '../reading/located-value.ts';
import type { YamlNode, YamlScalar } from './yaml-node.ts';

export interface PlacedProblem extends Place {
  readonly message: string;
  readonly hint: string;
}

interface ParsedYaml {
  /** Null when the text is not valid YAML, or empty. */
  readonly root: YamlNode | null;
  readonly problems: readonly PlacedProblem[];
}

/** Limits the recursion of the parser. Counted in tokens, about three per level; no real file nests deeper. */
const MAX_NESTING = 200;
/** A badly broken file would result in one error per line. */
const MAX_PROBLEMS = 20;
/** The event loop runs after this many, because a long file must not delay healing. */
const LEXEMES_PER_TURN = 5_000;

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'check the indentation, and that every [ and { is closed',
  MISSING_CHAR: 'add it',
  BLOCK_AS_IMPLICIT_KEY: 'start a new line after the colon, or put text that contains ": " in quotes',
  BAD_SCALAR_START: 'put the text in quotes',
  MULTIPLE_DOCS: 'keep one, and remove the line "---"',
  UNEXPECTED_TOKEN: 'check the indentation and the quotes',
  TAG_RESOLVE_FAILED: 'remove the tag',
};
const ANY_HINT = 'see https://yaml.org/spec for the syntax of YAML';

/** Parses any text, with a problem for each syntax error. Slower than `parseQuickly`. */
export async function parseYaml(text: string): Promise<ParsedYaml> {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const { tokens, tooDeepAt } = await readTokens(text, lines);
  if (tooDeepAt !== null) {
    const problem = { message: 'this is nested too deeply', hint: 'check that every [ and { is closed' };
    return { root: null, problems: [{ ...placeOf(tooDeepAt), ...problem }] };
  }
  // Duplicate keys are detected when the nodes are read, because the parser would compare every key with every other.
  const composer = new Composer({ uniqueKeys: false, merge: true, prettyErrors: false, logLevel: 'silent' });
  const [document = null, second] = composer.compose(tokens, true, text.length);
  const errors = untilUnexpectedToken(document?.errors ?? []);
  const problems = [...errors, ...(document?.warnings ?? [])]
    .slice(0, MAX_PROBLEMS)
    .map(({ code, message, pos }): PlacedProblem => ({
      ...placeOf(pos[0]),
      message: `invalid YAML: ${message.replace(/[.\s]+$/, '')}`,
      hint: HINTS[code] ?? ANY_HINT,
    }));
  if (second !== undefined) {
    const message = 'the file contains a second document';
    problems.push({ ...placeOf(second.range[0]), message, hint: String(HINTS['MULTIPLE_DOCS']) });
  }
  const isSound = errors.length === 0 && second === undefined;
  const contents: Node | null = document?.contents ?? null;
  return { root: isSound && contents !== null ? nodeOf(contents) : null, problems };
}

/** Converts a node; what is missing becomes an empty scalar. */
function nodeOf(node: unknown): YamlNode {
  if (isAlias(node)) return { kind: 'alias', at: node.range?.[0] ?? null, name: node.source };
  if (isMap(node)) {
    const pairs = node.items.map(({ key, value }) => ({ key: nodeOf(key), value: nodeOf(value) }));
    return { kind: 'map', at: node.range?.[0] ?? null, anchor: node.anchor, pairs };
  }
  if (isSeq(node))
    return { kind: 'list', at: node.range?.[0] ?? null, anchor: node.anchor, items: node.items.map(nodeOf) };
  if (!isScalar(node)) return { kind: 'scalar', at: null, anchor: undefined, value: null, source: '', isPlain: true };
  const { value, source = '', type, anchor } = node;
  return {
    kind: 'scalar',
    at: node.range?.[0] ?? null,
    anchor,
    value: valueOf(value),
    source,
    isPlain: type === 'PLAIN',
  };
}

/** The package represents a merge key as a symbol. */
function valueOf(value: unknown): YamlScalar {
  if (typeof value === 'symbol') return value.description ?? '';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** Drops the errors that follow an unexpected token, because they only repeat it. */
function untilUnexpectedToken<E extends { readonly code: string }>(errors: readonly E[]): readonly E[] {
  const unexpectedAt = errors.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN');
  return unexpectedAt === -1 ? errors : errors.slice(0, unexpectedAt + 1);
}

type Token = Parameters<Composer['compose']>[0] extends Iterable<infer T> ? T : never;

async function readTokens(
  text: string,
  lines: LineCounter,
): Promise<{ readonly tokens: readonly Token[]; readonly tooDeepAt: number | null }> {
  const parser = new Parser(lines.addNewLine);
  const tokens: Token[] = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MAX_NESTING) return { tokens, tooDeepAt: parser.offset };
    count += 1;
    if (count % LEXEMES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  tokens.push(...parser.end());
  return { tokens, tooDeepAt: null };
}
