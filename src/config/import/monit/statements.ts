/** A statement of a control file. */
export interface Statement {
  /** On one line, without comments. */
  readonly text: string;
  readonly line: number;
}

/** A service, with the statements that follow its `check`. */
export interface MonitService {
  readonly kind: string;
  readonly name: string;
  readonly check: Statement;
  readonly statements: readonly Statement[];
}

interface ControlFile {
  readonly services: readonly MonitService[];
  /** The statements that begin with `set` or `include`. */
  readonly settings: readonly Statement[];
}

/** Words that begin a statement at the start of a line. All other lines continue the statement before. */
const STARTS =
  /^(?:check|set|include|start|stop|restart|if|depends|group|mode|every|alert|noalert|onreboot|not\s+every)\b/i;
/** Statements that may follow others on the same line. */
const INNER = /\s(?=(?:start|stop|restart)\s+program\b)/gi;

/** Parses a control file of monit into its services and settings. */
export function parseControlFile(text: string): ControlFile {
  const services: (MonitService & { statements: Statement[] })[] = [];
  const settings: Statement[] = [];
  for (const statement of statementsIn(text)) {
    const [, kind, quoted, bare] = /^check\s+(\w+)\s+(?:"([^"]*)"|(\S+))/i.exec(statement.text) ?? [];
    if (/^(?:set|include)\b/i.test(statement.text)) settings.push(statement);
    else if (kind !== undefined) {
      services.push({ kind: kind.toLowerCase(), name: quoted ?? bare ?? '', check: statement, statements: [] });
    } else services.at(-1)?.statements.push(statement);
  }
  return { services, settings };
}

function statementsIn(text: string): readonly Statement[] {
  const found: { text: string; line: number }[] = [];
  let isInBlock = false;
  for (const [index, raw] of withoutComments(text).split('\n').entries()) {
    for (const piece of splitOutsideQuotes(raw)) {
      const last = found.at(-1);
      if (piece === '') continue;
      if (!isInBlock && (STARTS.test(piece) || last === undefined)) found.push({ text: piece, line: index + 1 });
      else if (last !== undefined) last.text += ` ${piece}`;
      const braces = piece.replace(/"[^"]*"|'[^']*'/g, '');
      if (braces.includes('{')) isInBlock = true;
      if (braces.includes('}')) isInBlock = false;
    }
  }
  return found;
}

/** A comment begins with `#` outside of quotes. Line breaks within quotes become blanks, so that lines can be counted elsewhere. */
function withoutComments(text: string): string {
  return text.replace(/"(?:\\[^]|[^"\\])*"|'[^']*'|#[^\n]*/g, (piece) =>
    piece.startsWith('#') ? '' : piece.replaceAll('\n', ' '),
  );
}

function splitOutsideQuotes(line: string): readonly string[] {
  const quoted: string[] = [];
  const bare = line.replace(/"(?:\\[^]|[^"\\])*"|'[^']*'/g, (piece) => `\0${String(quoted.push(piece) - 1)}\0`);
  return bare
    .split(INNER)
    .map((piece) => piece.replace(/\0(\d+)\0/g, (_whole, index: string) => quoted[Number(index)] ?? '').trim());
}
