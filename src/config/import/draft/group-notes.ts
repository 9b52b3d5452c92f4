import { formatNote, type ImportNote, type NoteWeight } from './imported.ts';

/** Losses that change how programs run come first. */
const ORDER: readonly NoteWeight[] = ['loss', 'minor', 'remark', 'detail'];
/** The number of further places that one line names. */
const SHOWN_PLACES = 2;

/** Returns notes as lines: those with the same message are one line with its places, and the most important ones come first. */
export function groupNotes(notes: readonly ImportNote[]): readonly string[] {
  return ORDER.flatMap((weight) => [...grouped(notes, weight).values()].map(lineOf));
}

function grouped(notes: readonly ImportNote[], weight: NoteWeight): ReadonlyMap<string, ImportNote[]> {
  const groups = new Map<string, ImportNote[]>();
  for (const note of notes) {
    if (note.weight !== weight) continue;
    const known = groups.get(note.message);
    if (known === undefined) groups.set(note.message, [note]);
    else known.push(note);
  }
  return groups;
}

function lineOf(group: readonly ImportNote[]): string {
  const [first, ...rest] = group;
  if (first === undefined) return '';
  const [file, part] = splitPlace(first.place);
  const others = [...new Set(rest.map(({ place }) => place))].filter((place) => place !== first.place);
  if (others.length === 0) return formatNote(first);
  const shown = others.slice(0, SHOWN_PLACES).map((place) => {
    const [otherFile, otherPart] = splitPlace(place);
    return otherFile === file ? otherPart : place;
  });
  const omitted = others.length - shown.length;
  const areLines = /^\d+$/.test(part) && shown.every((text) => /^\d+$/.test(text));
  const listed = [...shown, ...(omitted > 0 ? [`${String(omitted)} more`] : [])];
  return `${formatNote(first)} (also ${areLines ? (others.length === 1 ? 'line ' : 'lines ') : ''}${listed.join(', ')})`;
}

/** Splits "supervisord.conf:12" or "ecosystem.config.js: apps[0].watch" into the file and the place in it. */
function splitPlace(place: string): readonly [file: string, part: string] {
  const [, file, part] = /^(.*?):\s*(\d+|[\w[\].-]+)$/.exec(place) ?? [];
  return file === undefined || part === undefined ? ['', place] : [file, part];
}
