/** `KEY="a, b",KEY2='c' , KEY3=d`; a value may consist of several quoted and unquoted pieces. */
const VARIABLE = /\s*([^\s=,"']+)\s*=\s*((?:"(?:\\[^]|[^"\\])*"|'[^']*'|\\[^]|[^\s,"'\\])*)\s*(?:,|(?=\s)|$)/y;
const PIECE = /"((?:\\[^]|[^"\\])*)"|'([^']*)'|\\([^])|([^"'\\]+)/g;

/** Parses supervisord's `environment`. Returns null when the text is malformed. */
export function parseEnvironment(text: string): Record<string, string> | null {
  const variables: Record<string, string> = {};
  let at = 0;
  const end = text.trimEnd().length;
  while (at < end) {
    VARIABLE.lastIndex = at;
    const [whole, name, value] = VARIABLE.exec(text) ?? [];
    if (whole === undefined || name === undefined || value === undefined) return null;
    variables[name] = value.replace(
      PIECE,
      (_whole, double?: string, single?: string, escaped?: string, bare?: string) =>
        double === undefined ? (single ?? escaped ?? bare ?? '') : double.replace(/\\(["\\])/g, '$1'),
    );
    at += whole.length;
  }
  return variables;
}
