import { dirname, resolve } from 'node:path';
import type { ImportNote } from '../draft/imported.ts';

export interface ConfValue {
  /** Lines of a value that goes on are joined by line breaks. */
  readonly text: string;
  /** `supervisord.conf:12` */
  readonly place: string;
}

export interface ConfSection {
  readonly name: string;
  readonly place: string;
  /** What `%(here)s` means in it. */
  readonly folder: string;
  readonly values: ReadonlyMap<string, ConfValue>;
}

interface ConfFile {
  readonly sections: readonly ConfSection[];
  readonly notes: readonly ImportNote[];
}

const COMMENT = /(?:^|\s)[;#].*$/;
const HEADER = /^\[(.+)\]$/;
const OPTION = /^([^=:]*?)\s*[=:]\s*(.*)$/;

/**
 * Reads a file of supervisord as its parser does (Python's RawConfigParser: `;` and `#` start a comment after a blank,
 * a deeper indent goes on with the value, of a key that stands twice the last counts).
 */
export function parseConfFile(text: string, file: string): ConfFile {
  const sections: { name: string; place: string; folder: string; values: Map<string, ConfValue> }[] = [];
  const notes: ImportNote[] = [];
  const folder = dirname(resolve(file));
  let option: { readonly key: string; readonly indent: number } | null = null;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const place = `${file}:${index + 1}`;
    const line = raw.replace(COMMENT, '').trimEnd();
    const content = line.trim();
    if (content === '') continue;
    const indent = line.length - content.length;
    const section = sections.at(-1);
    const continued = option === null || indent <= option.indent ? undefined : section?.values.get(option.key);
    if (continued !== undefined && option !== null) {
      section?.values.set(option.key, { ...continued, text: `${continued.text}\n${content}`.trim() });
      continue;
    }
    const [, header] = HEADER.exec(content) ?? [];
    const [, key, value] = OPTION.exec(content) ?? [];
    option = null;
    if (header !== undefined) sections.push({ name: header.trim(), place, folder, values: new Map() });
    else if (section === undefined || key === undefined || value === undefined || key === '') {
      notes.push({ weight: 'loss', place, message: 'is neither a section nor "key = value"; it is left out' });
    } else {
      option = { key: key.toLowerCase(), indent };
      section.values.set(option.key, { text: value, place });
    }
  }
  return { sections, notes };
}

/** Sections of the same name are one, as in supervisord. */
export function mergeSections(sections: readonly ConfSection[]): ConfSection[] {
  const merged = new Map<string, ConfSection>();
  for (const section of sections) {
    const earlier = merged.get(section.name);
    const values = new Map([...(earlier?.values ?? []), ...section.values]);
    merged.set(section.name, { ...section, values });
  }
  return [...merged.values()];
}
