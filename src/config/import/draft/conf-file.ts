import { folderOf } from './folder-of.ts';
import type { ImportNote } from './imported.ts';

/** A value of a section. */
export interface ConfValue {
  /** Continuation lines are joined with line breaks. */
  readonly text: string;
  /** `supervisord.conf:12` */
  readonly place: string;
}

/** A section of a configuration file. */
export interface ConfSection {
  readonly name: string;
  readonly place: string;
  /** The value of `%(here)s` in the section. */
  readonly folder: string;
  readonly values: ReadonlyMap<string, ConfValue>;
  /** The place of the first line that is neither a section nor a value; null if there is none. */
  readonly broken: string | null;
}

interface ConfFile {
  readonly sections: readonly ConfSection[];
  readonly notes: readonly ImportNote[];
}

const COMMENT = /(?:^|\s)[;#].*$/;
const HEADER = /^\[(.+)\]$/;
const OPTION = /^([^=:]*?)\s*[=:]\s*(.*)$/;

/**
 * Parses a configuration file in the same way as supervisord (Python's RawConfigParser): `;` and `#` start a comment
 * after a space, a deeper indented line continues the value, and the last one of duplicate keys counts.
 */
export function parseConfFile(text: string, file: string): ConfFile {
  const sections: (Omit<ConfSection, 'values' | 'broken'> & {
    values: Map<string, ConfValue>;
    broken: string | null;
  })[] = [];
  const notes: ImportNote[] = [];
  const folder = folderOf(file);
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
    if (header !== undefined) sections.push({ name: header.trim(), place, folder, values: new Map(), broken: null });
    else if (section === undefined || key === undefined || value === undefined || key === '') {
      notes.push({ weight: 'loss', place, message: 'neither a section nor "key = value"; it was left out' });
      // It may be the rest of a command.
      if (section !== undefined) section.broken ??= place;
    } else {
      option = { key: key.toLowerCase(), indent };
      section.values.set(option.key, { text: value, place });
    }
  }
  return { sections, notes };
}

/** Combines sections of the same name, as supervisord does. */
export function combineSections(sections: readonly ConfSection[]): ConfSection[] {
  const combined = new Map<string, ConfSection>();
  for (const section of sections) {
    const earlier = combined.get(section.name);
    const values = new Map([...(earlier?.values ?? []), ...section.values]);
    combined.set(section.name, { ...section, values, broken: earlier?.broken ?? section.broken });
  }
  return [...combined.values()];
}
