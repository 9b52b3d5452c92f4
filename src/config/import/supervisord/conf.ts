import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { groupNameSchema } from '../../../protocol/process-id-schema.ts';
import { HealerError } from '../../../protocol/errors.ts';
import type { Imported, ImportNote, SpecDraft } from '../draft/imported.ts';
import { finishDrafts } from '../draft/program-draft.ts';
import { type ConfSection, combineSections, parseConfFile } from './conf-file.ts';
import { parseEnvironment } from './environment.ts';
import { expandText } from './expressions.ts';
import { readIncludes } from './include.ts';
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
  const drafts = sections.flatMap((section) => {
    const [kind, name] = splitName(section.name);
    if (kind !== 'program' || name === undefined) {
      notes.push(...notesOf(kind, section));
      return [];
    }
    const groups = groupsOf(name, sections).filter((group) => groupNameSchema.safeParse(group).success);
    return convertProgram(section, {
      program: name,
      host: hostname(),
      group: groupsOf(name, sections)[0] ?? name,
      defaults,
    }).map((draft) => {
      if (groups.length > 0) draft.set({ groups });
      return { draft, place: section.place, isLiteral: false };
    });
  });
  return finishDrafts(drafts, notes);
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
  inet_http_server: { weight: 'loss', message: "healer's remote API is configured separately, with a token" },
  group: { weight: 'remark', message: 'the programs have the field "groups"; "@name" selects them in commands' },
  unix_http_server: { weight: 'remark', message: 'healer has its own socket' },
  supervisorctl: { weight: 'remark', message: 'concerns only supervisorctl' },
  rpcinterface: { weight: 'remark', message: 'concerns only supervisord' },
  ctlplugin: { weight: 'remark', message: 'concerns only supervisorctl' },
};
/** Sections that are converted elsewhere. */
const USED_ELSEWHERE = new Set(['include', 'supervisord']);

function notesOf(kind: string, { name, place }: ConfSection): ImportNote[] {
  if (USED_ELSEWHERE.has(kind)) return [];
  const known = Object.hasOwn(SECTIONS, kind) ? SECTIONS[kind] : undefined;
  const { weight, message } = known ?? { weight: 'loss', message: 'not a documented section of supervisord' };
  return [{ weight, place, message: `[${name}]: ${message}` }];
}

/** Reads the settings of `[supervisord]` that apply to all programs. */
function readDefaults(sections: readonly ConfSection[], notes: ImportNote[]): Partial<SpecDraft> {
  const section = sections.find(({ name }) => name === 'supervisord');
  if (section === undefined) return {};
  const names = new Map([['here', section.folder]]);
  const read = (key: string): string | undefined => {
    const value = section.values.get(key);
    return value === undefined ? undefined : expandText(value.text, names).text;
  };
  const [directory, environment, umask] = [read('directory'), read('environment'), read('umask')];
  const env = environment === undefined ? {} : parseEnvironment(environment);
  const place = section.values.get('environment')?.place ?? section.place;
  if (env === null) notes.push({ weight: 'loss', place, message: 'environment is not of the form KEY="value",…' });
  for (const [key, value] of section.values) notes.push(...noteOfOwnSetting(key, value.place));
  return {
    ...(directory !== undefined && { cwd: directory.startsWith('$') ? directory : resolve(section.folder, directory) }),
    ...(env !== null && environment !== undefined && { env }),
    ...(umask !== undefined && { umask: umask.padStart(3, '0') }),
  };
}

const LIMITS =
  'raises a limit of supervisord: set rlimits of the programs, or LimitNOFILE and LimitNPROC in the systemd unit';
const OWN_SETTINGS: Readonly<Record<string, string>> = {
  user: 'no equivalent: start healer as this user, or set "user" of the programs',
  minfds: LIMITS,
  minprocs: LIMITS,
};

function noteOfOwnSetting(key: string, place: string): ImportNote[] {
  if (['directory', 'environment', 'umask'].includes(key)) return [];
  const message = OWN_SETTINGS[key];
  if (message !== undefined) return [{ weight: 'loss', place, message: `${key}: ${message}` }];
  return [{ weight: 'remark', place, message: `${key}: concerns only supervisord` }];
}
