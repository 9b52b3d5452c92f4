/** A value of a unit. */
export interface UnitValue {
  readonly key: string;
  readonly text: string;
  readonly line: number;
}

/** A unit: the values of each section in file order, in which keys may occur several times. */
export interface UnitFile {
  readonly sections: ReadonlyMap<string, readonly UnitValue[]>;
  /** The lines that are neither a section nor a value. */
  readonly broken: readonly number[];
}

/**
 * Parses a unit of systemd: a backslash at the end of a line continues the value, lines that begin with `#` or `;` are comments,
 * even between continued lines, and an empty value forgets the earlier ones.
 */
export function parseUnitFile(text: string): UnitFile {
  const sections = new Map<string, UnitValue[]>();
  const broken: number[] = [];
  let section: UnitValue[] | null = null;
  for (const { content, line } of logicalLines(text)) {
    const [, header] = /^\[([^\]]+)\]$/.exec(content) ?? [];
    const [, key, value] = /^([^=\s[]+)\s*=\s*([^]*)$/.exec(content) ?? [];
    if (header !== undefined) {
      section = sections.get(header) ?? [];
      sections.set(header, section);
    } else if (section === null || key === undefined || value === undefined) broken.push(line);
    else {
      if (value === '') forget(section, key);
      else section.push({ key, text: value, line });
    }
  }
  return { sections, broken };
}

function forget(section: UnitValue[], key: string): void {
  for (let index = section.length - 1; index >= 0; index -= 1) {
    if (section[index]?.key === key) section.splice(index, 1);
  }
}

function logicalLines(text: string): readonly { readonly content: string; readonly line: number }[] {
  const logical: { content: string; line: number }[] = [];
  let open: { content: string; line: number } | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.trim();
    if (/^[#;]/.test(content) || (content === '' && open === null)) continue;
    const isContinued = content.endsWith('\\');
    const piece = isContinued ? content.slice(0, -1) : content;
    if (open === null) open = { content: piece, line: index + 1 };
    else open.content += ` ${piece}`;
    if (isContinued) continue;
    logical.push({ content: open.content.trim(), line: open.line });
    open = null;
  }
  if (open !== null) logical.push({ content: open.content.trim(), line: open.line });
  return logical;
}
