import { hostname } from 'node:os';
import { groupNameSchema } from '../../../protocol/process-id-schema.ts';
import { HealerError } from '../../../protocol/errors.ts';
import type { Imported, ImportNote } from '../draft/imported.ts';
import { finishDrafts } from '../draft/finish-drafts.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { type ConfSection, combineSections, parseConfFile } from '../draft/conf-file.ts';
import { expandNow } from './expressions.ts';
import { readIncludes } from './include.ts';
import { readDefaults } from './own-settings.ts';
import { convertProgram } from './program.ts';

/**
 * Converts a supervisord configuration with all files that it includes.
 * @throws HealerError INVALID_CONFIG when the file contains no section
 */
export function importConf(text: string, file: string): Imported {
  const main = parseConfFile(text, file);
  if (main.sections.length === 0) {
    throw new HealerError('INVALID_CONFIG', `"${file}" contains no section such as [program:web]`, { file });
  }
  const included = readIncludes(main.sections, file);
  const sections = combineSections([...main.sections, ...included.sections]);
  const notes = [...main.notes, ...included.notes];
  const defaults = readDefaults(sections, notes);
  const drafts = inOrderOfPriority(sections).flatMap((section) => {
    const [kind, name] = splitName(section.name);
    if (kind !== 'program' || name === undefined) {
      notes.push(...notesOf(kind, section, sections));
      return [];
    }
    const groups = groupsOf(name, sections);
    const converted = convertProgram(section, { program: name, host: hostname(), group: groups[0] ?? name, defaults });
    return converted.map((draft) => {
      setGroups(draft, groups, section.place);
      return { draft, place: section.place, isLiteral: false };
    });
  });
  return finishDrafts(drafts, notes);
}

function setGroups(draft: ProgramDraft, groups: readonly string[], place: string): void {
  const fit = groups.filter((group) => groupNameSchema.safeParse(group).success);
  if (fit.length > 0) draft.set({ groups: fit });
  for (const group of groups.filter((name) => !fit.includes(name))) {
    draft.lose(place, `"${group}" cannot be the name of a group`);
  }
}

/** supervisord starts groups, and the programs in each, in the order of their priority. */
function inOrderOfPriority(sections: readonly ConfSection[]): readonly ConfSection[] {
  const priorities = new Map(sections.map((section) => [section, priorityOf(section, sections)]));
  const compare = (one: ConfSection, other: ConfSection): number => {
    const [group = 0, own = 0] = priorities.get(one) ?? [];
    const [otherGroup = 0, otherOwn = 0] = priorities.get(other) ?? [];
    return group - otherGroup || own - otherOwn;
  };
  const programs = sections.filter(isProgram).sort(compare);
  return sections.map((section) => (isProgram(section) ? (programs.shift() ?? section) : section));
}

const isProgram = ({ name }: ConfSection): boolean => splitName(name)[0] === 'program';

function priorityOf(section: ConfSection, sections: readonly ConfSection[]): readonly [group: number, own: number] {
  const own = priorityIn(section);
  const [group] = groupsOf(splitName(section.name)[1] ?? '', sections);
  const found =
    group === undefined
      ? undefined
      : sections.find(({ name }) => splitName(name)[1] === group && name.startsWith('group'));
  return [found === undefined ? own : priorityIn(found), own];
}

const USUAL_PRIORITY = 999;

function priorityIn({ values }: ConfSection): number {
  const priority = Number(expandNow(values.get('priority')?.text ?? String(USUAL_PRIORITY), new Map()).text);
  return Number.isInteger(priority) ? priority : USUAL_PRIORITY;
}

function splitName(name: string): [kind: string, name: string | undefined] {
  const [kind = '', rest] = name.split(/:(.*)/s).map((part) => part.trim());
  return [kind, rest];
}

/** Returns the groups that list a program, in file order. */
function groupsOf(program: string, sections: readonly ConfSection[]): string[] {
  const groups = sections.filter(
    ({ name, values }) =>
      name.startsWith('group:') && (values.get('programs')?.text ?? '').split(/[\s,]+/).includes(program),
  );
  return groups.flatMap(({ name }) => splitName(name)[1] ?? []);
}

const SECTIONS: Readonly<Record<string, Pick<ImportNote, 'weight' | 'message'>>> = {
  eventlistener: {
    weight: 'loss',
    message: 'event listeners have no equivalent: use "healer events -f --json" or the client library',
  },
  'fcgi-program': {
    weight: 'loss',
    message: 'FastCGI sockets have no equivalent: let the program or spawn-fcgi open the socket',
  },
  inet_http_server: { weight: 'minor', message: "healer's remote API is configured separately, with a token" },
  group: { weight: 'detail', message: 'the programs have the field "groups"; "@name" selects them in commands' },
  unix_http_server: { weight: 'detail', message: 'healer has its own socket' },
  supervisorctl: { weight: 'detail', message: 'concerns only supervisorctl' },
  rpcinterface: { weight: 'detail', message: 'concerns only supervisord' },
  ctlplugin: { weight: 'detail', message: 'concerns only supervisorctl' },
};
/** Sections that are converted elsewhere. */
const USED_ELSEWHERE = new Set(['include', 'supervisord']);

function notesOf(
  kind: string,
  { name, place, values }: ConfSection,
  sections: readonly ConfSection[],
): readonly ImportNote[] {
  if (USED_ELSEWHERE.has(kind)) return [];
  const listed =
    kind === 'group' ? (values.get('programs')?.text ?? '').split(/[\s,]+/).filter((word) => word !== '') : [];
  const missing = listed.filter(
    (program) => !sections.some((other) => splitName(other.name).join(':') === `program:${program}`),
  );
  if (missing.length > 0) {
    return [
      { weight: 'loss', place, message: `[${name}] lists "${missing.join('", "')}", but there is no such program` },
    ];
  }
  const known = Object.hasOwn(SECTIONS, kind) ? SECTIONS[kind] : undefined;
  const { weight, message } = known ?? { weight: 'loss', message: 'not a documented section of supervisord' };
  return [{ weight, place, message: `[${name}]: ${message}` }];
}
