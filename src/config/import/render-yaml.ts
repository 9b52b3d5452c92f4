import { Document, isMap, isScalar, Scalar, visit, type YAMLMap } from 'yaml';
import { groupNotes } from './draft/group-notes.ts';
import type { Imported, ImportedProgram, ImportNote } from './draft/imported.ts';

interface Heading {
  /** The path of the imported file, as given. */
  readonly source: string;
  /** The path or URL of the JSON Schema of healer.yaml, for editors. */
  readonly schema: string;
}

/**
 * Returns the programs as the text of a healer.yaml. Losses are comments above the program that they concern; other notes that
 * concern several programs are comments at the top.
 */
export function renderYaml({ programs, notes }: Imported, { source, schema }: Heading): string {
  // A map keeps the order of programs; an object would put ids that are numbers first.
  const shared = sharedNotes(programs);
  const document = new Document(
    { processes: new Map(programs.map(({ id, spec }) => [id, spec])) },
    { aliasDuplicateObjects: false },
  );
  const processes = document.get('processes');
  if (isMap(processes)) {
    programs.forEach((program, index) => {
      const own = program.notes.filter((note) => note.weight !== 'detail' && !shared.has(note));
      comment(processes, index, own);
    });
  }
  visit(document, {
    Scalar: (_key, node) => {
      // The package writes lines as a block, whose indentation is read incorrectly when the first line begins with a blank.
      if (hasLines(node) && /^\s/.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
      // A reference whose variable is empty would become null.
      if (isReference(node)) node.type = Scalar.QUOTE_DOUBLE;
    },
    // Lists of plain values are more readable on one line.
    Seq: (_key, node) => {
      if (!node.items.every((item) => isScalar(item))) return;
      node.flow = true;
      // Without quotes, a line that begins with an indicator such as "@" would be invalid.
      for (const item of node.items) if (hasLines(item)) item.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const atTop = [...notes.filter(({ weight }) => weight !== 'detail'), ...shared];
  const heading = [`yaml-language-server: $schema=${schema}`, `Imported from ${source}.`, ...groupNotes(atTop)];
  document.commentBefore = commentOf(heading);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Returns the notes without losses whose message concerns several programs. */
function sharedNotes(programs: readonly ImportedProgram[]): ReadonlySet<ImportNote> {
  const notes = programs.flatMap((program) => program.notes.map((note) => ({ program, note })));
  const isShared = ({ program, note }: (typeof notes)[number]): boolean =>
    (note.weight === 'minor' || note.weight === 'remark') &&
    notes.some((other) => other.program !== program && other.note.message === note.message);
  return new Set(notes.filter(isShared).map(({ note }) => note));
}

function isReference(node: Scalar): boolean {
  return typeof node.value === 'string' && /^\$\{[^}]*\}$/.test(node.value);
}

function hasLines(node: unknown): node is Scalar<string> {
  return isScalar(node) && typeof node.value === 'string' && node.value.includes('\n');
}

function comment(processes: YAMLMap, index: number, notes: readonly ImportNote[]): void {
  const key = processes.items[index]?.key;
  if (!isScalar(key)) return;
  key.spaceBefore = index > 0;
  if (notes.length > 0) key.commentBefore = commentOf(groupNotes(notes));
}

/** Removes line breaks, which would end the comment. */
function commentOf(lines: readonly string[]): string {
  return lines.map((line) => ` ${line.replace(/[\r\n\u0085\u2028\u2029]+\s*/g, ' ')}`).join('\n');
}
