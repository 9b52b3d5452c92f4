import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { ImportNote, SpecDraft } from '../draft/imported.ts';
import type { ConfSection, ConfValue } from '../draft/conf-file.ts';
import { parseEnvironment } from './environment.ts';
import { expandText } from './expressions.ts';

/** Reads the settings of `[supervisord]` that apply to all programs. */
export function readDefaults(sections: readonly ConfSection[], notes: ImportNote[]): Partial<SpecDraft> {
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
  for (const [key, value] of section.values) notes.push(...noteOfSetting(key, value));
  return {
    ...(directory !== undefined && { cwd: directory.startsWith('$') ? directory : resolve(section.folder, directory) }),
    ...(env !== null && environment !== undefined && { env }),
    ...(umask !== undefined && { umask: umask.padStart(3, '0') }),
  };
}

/** The settings of supervisord that concern only itself. */
const OF_SUPERVISORD = new Set(
  'logfile logfile_maxbytes logfile_backups loglevel pidfile nodaemon silent nocleanup childlogdir strip_ansi identifier'.split(
    ' ',
  ),
);
const OF_ALL_PROGRAMS = new Set(['directory', 'environment', 'umask']);
/** The limits that supervisord raises, with its defaults. */
const LIMITS = new Map([
  ['minfds', 1024],
  ['minprocs', 200],
]);
const RAISED = 'raises a limit: set rlimits of the programs, or LimitNOFILE and LimitNPROC in the systemd unit';

function noteOfSetting(key: string, { text, place }: ConfValue): ImportNote[] {
  if (OF_ALL_PROGRAMS.has(key)) return [];
  if (OF_SUPERVISORD.has(key)) return [{ weight: 'detail', place, message: `${key}: concerns only supervisord` }];
  const usual = LIMITS.get(key);
  if (usual !== undefined)
    return Number(text) <= usual ? [] : [{ weight: 'loss', place, message: `${key}: ${RAISED}` }];
  if (key !== 'user') {
    return [{ weight: 'minor', place, message: `"${key}" is not a documented setting of supervisord` }];
  }
  if (isOwnUser(text)) return [];
  return [{ weight: 'loss', place, message: 'user: start healer as this user, or set "user" of the programs' }];
}

function isOwnUser(user: string): boolean {
  if (user === String(process.geteuid?.())) return true;
  try {
    return user === userInfo().username;
  } catch {
    // A uid without an entry in the user database.
    return false;
  }
}
