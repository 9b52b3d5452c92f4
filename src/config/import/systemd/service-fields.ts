import { parseMegabytes } from '../draft/byte-size.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { signalOf } from '../draft/signal-of.ts';
import { parseSpan } from '../draft/span.ts';
import { convertRestart } from './service-restart.ts';
import { signalSentBy } from './service-steps.ts';
import { convertPidFile, convertTimes } from './service-times.ts';
import type { UnitValue } from './unit-file.ts';

interface Field extends UnitValue {
  readonly place: string;
  readonly draft: ProgramDraft;
}

type Convert = (field: Field) => void;

/** Converts all fields of a section `[Service]` except the command and the environment. */
export function convertService(
  values: readonly UnitValue[],
  draft: ProgramDraft,
  placeOf: (line: number) => string,
): void {
  // systemd signals the whole control group at once, and waits 90 s.
  draft.set({ stop: { target: 'tree', gracefulTimeoutMs: 90_000 } });
  convertRestart(values, draft, placeOf);
  convertTimes(values, draft, placeOf);
  convertPidFile(values, draft, placeOf);
  for (const value of values) {
    const place = placeOf(value.line);
    const convert = Object.hasOwn(FIELDS, value.key) ? FIELDS[value.key] : undefined;
    if (convert !== undefined) convert({ ...value, place, draft });
    else if (value.key.startsWith('Limit')) convertLimit({ ...value, place, draft });
    else if (isIsolation(value.key)) draft.lose(place, ISOLATION);
    else draft.lose(place, `${value.key}: has no equivalent; it was left out`);
  }
}

const ISOLATION =
  'the isolation that the unit asks for has no equivalent (ProtectSystem, PrivateTmp, capabilities and their like)';

function isIsolation(key: string): boolean {
  return /^(?:Protect|Private|Restrict|ReadWrite|ReadOnly|Inaccessible|BindPaths|BindReadOnly|NoNewPrivileges|CapabilityBounding|AmbientCapabilities|SystemCall|LockPersonality|MemoryDenyWrite|Remove|IPAddress|Device|Mount|Temporary|RootDirectory|Proc|SecureBits|KeyringMode|UMaskless|NetworkNamespace)/.test(
    key,
  );
}

const elsewhere: Convert = () => undefined;

const detail =
  (message: string): Convert =>
  ({ key, place, draft }) =>
    draft.note('detail', place, `${key}: ${message}`);

const lost =
  (message: string): Convert =>
  ({ key, place, draft }) =>
    draft.lose(place, `${key}: ${message}`);

const convertType: Convert = ({ text, place, draft }) => {
  if (text === 'forking') draft.set({ type: 'forking' });
  else if (text === 'oneshot') draft.extend('restart', { policy: draft.spec.restart?.policy ?? 'never' });
  else if (text === 'dbus')
    draft.lose(place, 'Type=dbus: healer does not wait for a name on the bus; add a health check');
};

const convertKillMode: Convert = ({ text, place, draft }) => {
  if (text === 'mixed' || text === 'process') draft.extend('stop', { target: 'main' });
  if (text === 'process' || text === 'none') draft.set({ leftovers: 'leave' });
  if (text === 'none') draft.lose(place, 'KillMode=none: a stop signals the main process');
};

const convertReload: Convert = ({ text, place, draft }) => {
  const signal = signalSentBy(text);
  if (signal !== null) draft.set({ reload: { signal } });
  else draft.lose(place, `ExecReload: "healer reload" sends a signal and does not run "${text}"`);
};

const convertFolder: Convert = ({ text, place, draft }) => {
  const path = text.replace(/^-/, '');
  if (path.startsWith('/')) draft.set({ cwd: path });
  else draft.lose(place, `WorkingDirectory=${text}: write the path, such as that of the home directory, in "cwd"`);
};

const convertTimeout: Convert = ({ key, text, place, draft }) => {
  const isEndless = text === 'infinity' || text === '0';
  const gracefulTimeoutMs = isEndless ? LONGEST_MS : parseSpan(text, 's');
  if (gracefulTimeoutMs === null) draft.lose(place, `${key}: "${text}" is not a duration`);
  else draft.extend('stop', { gracefulTimeoutMs: Math.min(gracefulTimeoutMs, LONGEST_MS) });
};

/** The longest timer. */
const LONGEST_MS = 2_147_483_647;

const convertMemory: Convert = ({ key, text, place, draft }) => {
  if (text === 'infinity') return;
  const memoryMb = parseMegabytes(text);
  if (memoryMb === null || memoryMb <= 0)
    draft.lose(place, `${key}: "${text}" is not a size; set limits.memoryMb in MB`);
  else {
    draft.extend('limits', { memoryMb });
    draft.note(
      'minor',
      place,
      `${key}: healer restarts a program that exceeds it, where the kernel would kill a process`,
    );
  }
};

const LIMITS = new Set(['as', 'core', 'cpu', 'data', 'fsize', 'memlock', 'nofile', 'nproc', 'rss', 'stack']);
const IN_BYTES = new Set(['as', 'core', 'data', 'fsize', 'memlock', 'rss', 'stack']);

const convertLimit: Convert = ({ key, text, place, draft }) => {
  const name = key.slice('Limit'.length).toLowerCase();
  const values = text.split(':').map((value) => limitOf(value, name));
  const [soft, hard = soft] = values;
  if (!LIMITS.has(name) || soft === undefined || soft === null || hard === undefined || hard === null) {
    draft.lose(place, `${key}: has no equivalent; it was left out`);
  } else draft.extend('rlimits', { [name]: soft === hard ? soft : { soft, hard } });
};

function limitOf(text: string, name: string): number | 'unlimited' | null {
  if (text === 'infinity') return 'unlimited';
  if (/^\d+$/.test(text)) return Number(text);
  const megabytes = IN_BYTES.has(name) ? parseMegabytes(text) : null;
  return megabytes === null ? null : Math.round(megabytes * 2 ** 20);
}

const convertUser: Convert = ({ key, text, draft }) => {
  draft.set({ [key === 'User' ? 'user' : 'group']: /^\d+$/.test(text) ? Number(text) : text });
};

const convertStatus: Convert = ({ text, place, draft }) => {
  const words = text.split(/\s+/);
  const codes = words.filter((word) => /^\d+$/.test(word)).map(Number);
  if (codes.length > 0) draft.extend('restart', { successExitCodes: [...new Set([0, ...codes])] });
  if (codes.length < words.length) draft.lose(place, 'SuccessExitStatus: only numbers were imported');
};

const convertSlowdown = lost('programs are not slowed down; limits.cpuPercent restarts those that use more');

const convertFolderOfState: Convert = ({ key, text, place, draft }) => {
  const root = {
    RuntimeDirectory: '/run',
    StateDirectory: '/var/lib',
    CacheDirectory: '/var/cache',
    LogsDirectory: '/var/log',
  }[key];
  const folders = text.split(/\s+/).map((name) => `${root ?? '/etc'}/${name}`);
  draft.lose(
    place,
    `${key}: healer does not create ${folders.join(', ')}; create it with the owner that the program needs`,
  );
};

const FIELDS: Readonly<Record<string, Convert>> = {
  ExecStart: elsewhere,
  ExecStartPre: elsewhere,
  ExecStartPost: elsewhere,
  ExecStop: elsewhere,
  ExecCondition: elsewhere,
  Environment: elsewhere,
  EnvironmentFile: elsewhere,
  Restart: elsewhere,
  RestartSec: elsewhere,
  StartLimitBurst: elsewhere,
  StartLimitInterval: elsewhere,
  StartLimitIntervalSec: elsewhere,
  Type: convertType,
  ExecReload: convertReload,
  ExecStopPost: ({ text, place, draft }) =>
    draft.lose(place, `ExecStopPost: "${text}" was left out; set hooks.stopped, hooks.exited or hooks.crashed`),
  KillMode: convertKillMode,
  KillSignal: ({ text, place, draft }) => {
    const signal = signalOf(text);
    if (signal === null) draft.lose(place, `KillSignal: "${text}" is not a signal`);
    else draft.extend('stop', { signal });
  },
  SendSIGKILL: lost('a program that does not exit is always killed after the stop timeout'),
  SendSIGHUP: lost('no further signal is sent'),
  FinalKillSignal: lost('the last signal is always SIGKILL'),
  TimeoutStopSec: convertTimeout,
  TimeoutSec: convertTimeout,
  TimeoutStartSec: elsewhere,
  TimeoutAbortSec: detail('concerns only watchdogs'),
  RuntimeMaxSec: elsewhere,
  WatchdogSec: elsewhere,
  NotifyAccess: detail('concerns only Type=notify'),
  RemainAfterExit: detail('a program that has exited stays exited'),
  GuessMainPID: detail('healer follows the process that remains'),
  PIDFile: elsewhere,
  SuccessExitStatus: convertStatus,
  RestartPreventExitStatus: lost('set restart.successExitCodes to the codes after which it is not restarted'),
  RestartForceExitStatus: lost('has no equivalent'),
  WorkingDirectory: convertFolder,
  User: convertUser,
  Group: convertUser,
  SupplementaryGroups: lost('a program has the groups of its user; add the user to the group'),
  DynamicUser: ({ text, draft, place }) => {
    if (/^(?:yes|true|on|1)$/i.test(text)) draft.lose(place, 'DynamicUser: create a user and set "user"');
  },
  UMask: ({ text, draft, place }) => {
    if (/^[0-7]{1,4}$/.test(text)) draft.set({ umask: text.padStart(3, '0') });
    else draft.lose(place, `UMask: "${text}" is not octal`);
  },
  Nice: ({ text, draft }) => draft.set({ nice: Number(text) }),
  MemoryMax: convertMemory,
  MemoryLimit: convertMemory,
  MemoryHigh: lost('programs are not slowed down; set limits.memoryMb'),
  CPUQuota: convertSlowdown,
  TasksMax: ({ text, place, draft }) => {
    if (text !== 'infinity') draft.lose(place, 'TasksMax: set rlimits.nproc, or the detector anomaly.forkBomb');
  },
  RuntimeDirectory: convertFolderOfState,
  StateDirectory: convertFolderOfState,
  CacheDirectory: convertFolderOfState,
  LogsDirectory: convertFolderOfState,
  ConfigurationDirectory: convertFolderOfState,
  RuntimeDirectoryMode: detail('concerns only the folders that systemd creates'),
  RuntimeDirectoryPreserve: detail('concerns only the folders that systemd creates'),
  StateDirectoryMode: detail('concerns only the folders that systemd creates'),
  StandardOutput: ({ text, place, draft }) => {
    const isFile = /^(?:file|append|truncate|socket|fd)/.test(text);
    draft.note(
      isFile ? 'minor' : 'detail',
      place,
      'healer writes stdout and stderr to logs/<id>/current.log; "healer logs" shows them',
    );
  },
  StandardError: ({ place, draft }) => draft.note('detail', place, 'StandardError: stdout and stderr share one log'),
  StandardInput: ({ text, place, draft }) => {
    if (text !== 'null') draft.lose(place, 'StandardInput: programs have no input');
  },
  SyslogIdentifier: detail('concerns only the journal'),
  SyslogFacility: detail('concerns only the journal'),
  SyslogLevel: detail('concerns only the journal'),
  LogRateLimitIntervalSec: detail('concerns only the journal'),
  LogRateLimitBurst: detail('concerns only the journal'),
  Delegate: detail('concerns only systemd'),
  Slice: detail('concerns only systemd'),
  BusName: detail('concerns only Type=dbus'),
  CPUSchedulingPolicy: lost('has no equivalent; set "nice"'),
  IOSchedulingClass: lost('has no equivalent; set "nice"'),
  OOMScoreAdjust: lost('has no equivalent'),
  OOMPolicy: detail('concerns only systemd'),
  PermissionsStartOnly: lost('commands before a start run as the user of the program'),
  PassEnvironment: detail('programs inherit the environment of the engine'),
  UnsetEnvironment: lost('variables cannot be removed; set "inheritEnv: false"'),
};
