import { resolve } from 'node:path';
import { parseMegabytes } from '../draft/byte-size.ts';
import { folderOf } from '../draft/folder-of.ts';
import { OWN_LOG } from '../draft/own-log.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { signalOf } from '../draft/signal-of.ts';

interface Field {
  /** Expanded with the current environment. */
  readonly now: string;
  /** Expanded for healer.yaml, with references to environment variables. */
  readonly text: () => string;
  readonly key: string;
  readonly place: string;
  readonly draft: ProgramDraft;
}

type Convert = (field: Field) => void;

/** Fields that are converted in program.ts. */
const convertedElsewhere: Convert = () => undefined;

/** What healer does anyway. */
const detail =
  (message: string): Convert =>
  ({ key, place, draft }) =>
    draft.note('detail', place, `${key}: ${message}`);

const OFF = new Set(['', '0', 'false', 'no', 'off', 'none']);

/** Noted only when switched on, because switched off it matches healer. */
const minor =
  (message: string): Convert =>
  ({ now, key, place, draft }) => {
    if (!OFF.has(now.toLowerCase())) draft.note('minor', place, `${key}: ${message}`);
  };

const number =
  (isFit: (value: number) => boolean, use: (value: number, draft: ProgramDraft) => void): Convert =>
  ({ now, key, place, draft }) => {
    const value = Number(now);
    if (now !== '' && Number.isInteger(value) && isFit(value)) use(value, draft);
    else draft.lose(place, `${key}: "${now}" is not an allowed number; it was left out`);
  };

const ON = new Set(['true', 'yes', 'on', '1', 't', 'y']);

const convertAutostart: Convert = ({ now, place, draft }) => {
  if (OFF.has(now.toLowerCase())) draft.set({ autostart: false });
  else if (!ON.has(now.toLowerCase()))
    draft.lose(place, `autostart: "${now}" is neither true nor false; true is assumed`);
};

const MAX_INSTANCES = 1000;
/** The largest number of a process, such as a port. */
const MAX_PROCESS_NUMBER = 2 ** 31;

/** Parses a number of instances, 0 to 1000. Returns null for anything else. */
export function parseCount(text: string): number | null {
  const count = Number(text);
  return text.trim() !== '' && Number.isInteger(count) && count >= 0 && count <= MAX_INSTANCES ? count : null;
}

/** Parses the number of the first process. Returns null for anything else. */
export function parseFirstNumber(text: string): number | null {
  const first = Number(text);
  return text.trim() !== '' && Number.isInteger(first) && first >= 0 && first < MAX_PROCESS_NUMBER ? first : null;
}

const reportCount: Convert = ({ now, key, place, draft }) => {
  if ((key === 'numprocs' ? parseCount(now) : parseFirstNumber(now)) === null)
    draft.lose(place, `${key}: "${now}" is not an allowed number; it was left out`);
};

const convertAutorestart: Convert = ({ now, place, draft }) => {
  const asked = now.toLowerCase();
  if (asked === 'unexpected') draft.extend('restart', { policy: 'on-failure' });
  else if (ON.has(asked)) draft.extend('restart', { policy: 'always' });
  else if (OFF.has(asked)) draft.extend('restart', { policy: 'never' });
  else draft.lose(place, `autorestart: "${now}" is not one of true, false and unexpected`);
};

const convertExitcodes: Convert = ({ now, place, draft }) => {
  const codes = now.split(/[\s,]+/).map(Number);
  const areFit = codes.every((code) => Number.isInteger(code) && code >= 0 && code <= 255);
  if (areFit && now !== '') draft.extend('restart', { successExitCodes: codes });
  else draft.lose(place, `exitcodes: "${now}" is not a list of exit codes`);
};

const convertStopsignal: Convert = ({ now, place, draft }) => {
  const signal = signalOf(now);
  if (signal !== null) draft.extend('stop', { signal });
  else draft.lose(place, `stopsignal: "${now}" is not a signal`);
};

/** supervisord counts only failed starts. healer does the same when a successful start resets the count. */
const convertStartretries: Convert = ({ now, place, draft }) => {
  const retries = Number(now);
  if (draft.spec.restart?.policy === 'never') {
    // supervisord retries failed starts even then. Noted only when set, not for the default.
    if (retries > 0) draft.lose(place, 'startretries: the restart policy "never" applies to failed starts too');
    return;
  }
  if (!Number.isInteger(retries) || retries < 0) {
    draft.lose(place, `startretries: "${now}" is not an allowed number; it was left out`);
    return;
  }
  setRetries(retries, draft);
};

/** supervisord's default for `startretries`. */
const START_RETRIES = 3;

/** Limits failed starts as supervisord does without `startretries`: the program fails after the third retry. */
export function setDefaultRetries(draft: ProgramDraft): void {
  if (draft.spec.restart?.policy !== 'never') setRetries(START_RETRIES, draft);
}

function setRetries(retries: number, draft: ProgramDraft): void {
  const startSeconds = draft.spec.startSeconds ?? 1;
  draft.extend('restart', {
    // The first start is not a retry.
    maxAttempts: retries + 1,
    resetAfterMs: Math.max(1, startSeconds) * 1000,
  });
}

/** Without it, supervisord signals only the main process, as healer does by default. */
const convertStopasgroup: Convert = ({ now, place, draft }) => {
  if (ON.has(now.toLowerCase())) draft.extend('stop', { target: 'group' });
  else if (!OFF.has(now.toLowerCase()))
    draft.lose(place, `stopasgroup: "${now}" is neither true nor false; false is assumed`);
};

const convertStartsecs = number(
  (seconds) => seconds >= 0 && seconds <= 3600,
  (startSeconds, draft) => draft.set({ startSeconds }),
);

const convertUmask: Convert = ({ now, place, draft }) => {
  if (/^[0-7]{1,4}$/.test(now)) draft.set({ umask: now.padStart(3, '0') });
  else draft.lose(place, `umask: "${now}" is not octal`);
};

const convertDirectory: Convert = ({ text, place, draft }) => {
  const directory = text();
  if (/^[/$]/.test(directory)) {
    draft.set({ cwd: directory });
    return;
  }
  const file = place.replace(/:\d+$/, '');
  draft.set({ cwd: resolve(folderOf(file), directory) });
  draft.note('detail', place, 'directory: resolved relative to the folder of this file');
};

const convertLogSize: Convert = ({ now, key, place, draft }) => {
  const maxSizeMb = parseMegabytes(now);
  if (maxSizeMb !== null && maxSizeMb > 0) draft.extend('logs', { maxSizeMb });
  else if (maxSizeMb === 0) draft.note('detail', place, `${key}: healer's logs always rotate`);
  else draft.lose(place, `${key}: "${now}" is not a size`);
};

const convertBackups = number(
  (count) => count >= 0 && count <= 1000,
  (keep, draft) => draft.extend('logs', { keep }),
);

const ORDER =
  'priority: programs are listed in this order, but start together; use "dependsOn" to name the programs that a program needs';

const convertPriority: Convert = ({ now, place, draft }) => {
  if (now === '999') return;
  draft.note('minor', place, ORDER);
};

const convertLogFile: Convert = ({ now, key, place, draft }) => {
  if (now.toUpperCase() === 'AUTO' || now === '') draft.note('detail', place, OWN_LOG);
  else if (STREAM.test(now)) draft.remark(place, 'to also print the output there, start healer with "up --foreground"');
  else if (/^syslog$/i.test(now)) draft.note('minor', place, `${key}: ${SYSLOG}`);
  else if (/^(?:none|\/dev\/null)$/i.test(now))
    draft.note('minor', place, 'output is always logged; logs.maxSizeMb and logs.keep limit it');
  else draft.note('minor', place, OWN_LOG);
};

/** The output of supervisord itself, as containers use it. */
const STREAM = /^\/(?:dev\/(?:stdout|stderr|fd\/[12]|pts\/\d+|tty\w*|console)|proc\/(?:self|1)\/fd\/[12])$/;
const SYSLOG = 'syslog has no equivalent; use a log shipper that reads logs/<id>/current.log';
const ONE_LOG = detail(
  'stdout and stderr share one log, with the stream of each line recorded; the setting of stdout applies',
);
const NO_SYSLOG = minor(SYSLOG);
const NO_EVENTS = minor('output events have no equivalent');

/** Converted first, because `startretries` depends on them. */
const FIRST = ['autorestart', 'startsecs'];

/** Returns the fields in the order in which they have to be converted. */
export function inOrder<T>(values: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  const isFirst = ([key]: readonly [string, T]): boolean => FIRST.includes(key);
  const entries = [...values];
  return [...entries.filter(isFirst), ...entries.filter((entry) => !isFirst(entry))];
}

/** All fields of a [program:x] section. */
export const PROGRAM_FIELDS: Readonly<Record<string, Convert>> = {
  command: convertedElsewhere,
  process_name: convertedElsewhere,
  numprocs: reportCount,
  numprocs_start: reportCount,
  environment: convertedElsewhere,
  directory: convertDirectory,
  user: ({ text, draft }) => {
    const user = text();
    draft.set({ user: /^\d+$/.test(user) ? Number(user) : user });
  },
  umask: convertUmask,
  priority: convertPriority,
  autostart: convertAutostart,
  autorestart: convertAutorestart,
  exitcodes: convertExitcodes,
  startsecs: convertStartsecs,
  startretries: convertStartretries,
  stopsignal: convertStopsignal,
  stopwaitsecs: number(
    (seconds) => seconds >= 0,
    (seconds, draft) => draft.extend('stop', { gracefulTimeoutMs: seconds * 1000 }),
  ),
  stopasgroup: convertStopasgroup,
  killasgroup: detail('a force kill always ends the whole process tree'),
  redirect_stderr: detail('stdout and stderr share one log, with the stream of each line recorded'),
  stdout_logfile: convertLogFile,
  stdout_logfile_maxbytes: convertLogSize,
  stdout_logfile_backups: convertBackups,
  stderr_logfile: convertLogFile,
  stderr_logfile_maxbytes: ONE_LOG,
  stderr_logfile_backups: ONE_LOG,
  stdout_syslog: NO_SYSLOG,
  stderr_syslog: NO_SYSLOG,
  stdout_capture_maxbytes: NO_EVENTS,
  stderr_capture_maxbytes: NO_EVENTS,
  stdout_events_enabled: NO_EVENTS,
  stderr_events_enabled: NO_EVENTS,
  serverurl: minor('healer has no XML-RPC server; programs can connect to its socket'),
};
