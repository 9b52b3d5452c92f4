import { Composer, type Document, Lexer, LineCounter, Parser } from 'yaml';
import type { Place } from '../reading/located-value.ts';

export interface PlacedProblem extends Place {
  readonly message: string;
  readonly hint: string;
}

interface ParsedYaml {
  /** Null when nothing can be made of the text. */
  readonly document: Document.Parsed | null;
  readonly problems: readonly PlacedProblem[];
  readonly placeOf: (offset: number) => Place;
}

/** The parser recurses into what is nested, and no person nests deeper. Parts of syntax, about three a level. */
const MAX_NESTING = 200;
/** A file in ruins gives one error a line. */
const MAX_PROBLEMS = 20;
/** Between these the event loop gets its turn: a long file must not hold up healing. */
const LEXEMES_A_TURN = 5_000;

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'check the indentation, and that every [ and { is closed',
  MISSING_CHAR: 'close it',
  BLOCK_AS_IMPLICIT_KEY: 'put what follows on a line of its own, or put text that holds ": " in quotes',
  BAD_SCALAR_START: 'put the text in quotes',
  MULTIPLE_DOCS: 'keep one, and remove the line "---"',
  UNEXPECTED_TOKEN: 'check the indentation and the quotes around',
  TAG_RESOLVE_FAILED: 'remove the tag',
};
const ANY_HINT = 'see https://yaml.org/spec for how YAML is written';

/** Splits a text into the nodes of YAML, and tells every place where it is none. Values are not looked at. */
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
    return { document: null, problems: [{ ...placeOf(tooDeepAt), ...problem }], placeOf };
  }
  // Duplicate keys are found while the nodes are read: the parser compares each key with each.
  const composer = new Composer({ uniqueKeys: false, merge: true, prettyErrors: false, logLevel: 'silent' });
  const [document = null, second] = composer.compose(tokens, true, text.length);
  const errors = untilDerailed(document?.errors ?? []);
  const problems = [...errors, ...(document?.warnings ?? [])]
    .slice(0, MAX_PROBLEMS)
    .map(({ code, message, pos }): PlacedProblem => ({
      ...placeOf(pos[0]),
      message: `this is not YAML: ${message.replace(/[.\s]+$/, '')}`,
      hint: HINTS[code] ?? ANY_HINT,
    }));
  if (second !== undefined) {
    const message = 'a second document begins in this file';
    problems.push({ ...placeOf(second.range[0]), message, hint: String(HINTS['MULTIPLE_DOCS']) });
  }
  const isSound = errors.length === 0 && second === undefined;
  return { document: isSound ? document : null, problems, placeOf };
}

/** Once the parser has lost the thread, everything else surprises it too. */
function untilDerailed<E extends { readonly code: string }>(errors: readonly E[]): readonly E[] {
  const derailed = errors.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN');
  return derailed === -1 ? errors : errors.slice(0, derailed + 1);
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
    if (count % LEXEMES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  tokens.push(...parser.end());
  return { tokens, tooDeepAt: null };
}
