import { Document, isMap, isScalar, visit, type YAMLMap } from 'yaml';
import { formatNote, type Imported, type ImportNote } from './draft/imported.ts';

interface Heading {
  /** What the file was made from, as it was given. */
  readonly source: string;
  /** Where editors find the JSON Schema of healer.yaml. */
  readonly schema: string;
}

/** The programs as the text of a healer.yaml; each note stands as a comment at what it is about. */
export function renderYaml({ programs, notes }: Imported, { source, schema }: Heading): string {
  const document = new Document({ processes: Object.fromEntries(programs.map(({ id, spec }) => [id, spec])) });
  const processes = document.get('processes');
  if (isMap(processes)) programs.forEach((program, index) => comment(processes, index, program.notes));
  visit(document, {
    // Lists of words read best on one line.
    Seq: (_key, node) => {
      if (node.items.every((item) => isScalar(item))) node.flow = true;
    },
  });
  const heading = [`yaml-language-server: $schema=${schema}`, `Imported from ${source}.`, ...notes.map(formatNote)];
  document.commentBefore = commentOf(heading);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function comment(processes: YAMLMap, index: number, notes: readonly ImportNote[]): void {
  const key = processes.items[index]?.key;
  if (!isScalar(key)) return;
  key.spaceBefore = index > 0;
  if (notes.length > 0) key.commentBefore = commentOf(notes.map(formatNote));
}

/** A text may hold anything; a line break in it would end the comment. */
function commentOf(lines: readonly string[]): string {
  return lines.map((line) => ` ${line.replace(/[\r\n\u0085\u2028\u2029]+\s*/g, ' ')}`).join('\n');
}
