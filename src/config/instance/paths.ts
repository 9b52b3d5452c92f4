import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { linkStatsOf } from '../../base/stats-of.ts';
import type { Environment } from '../../base/environment.ts';
import { ownHome, ownUid } from '../../base/own-user.ts';
import { HealerError } from '../../protocol/errors.ts';

/** The files and folders of one instance, as absolute paths. */
export interface Paths {
  readonly instance: string;
  readonly configDir: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly socket: string;
  readonly lock: string;
  /** A second lock: unlike the runtime folder, the state folder is never cleaned and is the same in every session. */
  readonly stateLock: string;
  /** Records how the engine was started; exists as long as the engine should run. */
  readonly startNote: string;
  /** FIFOs that programs write to, and those of the log collector. */
  readonly pipesDir: string;
  readonly stateFile: string;
  readonly cooldownFile: string;
  readonly holdFile: string;
  /** The counters of the metrics. */
  readonly totalsFile: string;
  /** What the detectors have learned, one file for each program. */
  readonly learnedFolder: string;
  readonly healingLog: string;
  /** Output of a detached engine. */
  readonly engineLog: string;
  /** The number of the last event while `healingLog` cannot be written. */
  readonly seqNote: string;
  readonly logsDir: string;
  /** Definitions made by commands, and settings. One file per instance, so that instances do not start each other's programs. */
  readonly registryFile: string;
  /** Records which files the last engine read programs from. */
  readonly sourcesFile: string;
  /** Records which events were considered for alerts. */
  readonly alertsFile: string;
  /** Alerts that wait for delivery, by channel. */
  readonly spoolDir: string;
  /** The credential that makes this instance a host of a fleet; missing on any other. */
  readonly fleetFile: string;
}

/** The longest socket path on Linux: `sun_path` has 108 bytes, including the terminating zero. */
const SOCKET_PATH_BYTES = 107;
const INSTANCE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/**
 * Returns the paths of an instance. `HEALER_HOME` overrides the XDG base directories.
 * @param cwd the folder that a relative `HEALER_HOME` starts from; by default the current one
 * @throws HealerError INVALID_CONFIG when the instance's name is not usable as a file name
 */
export function resolvePaths(env: Environment, instance = 'default', cwd = ''): Paths {
  if (!INSTANCE_NAME.test(instance)) {
    throw new HealerError(
      'INVALID_CONFIG',
      `"${instance}" is not a valid instance name: use up to 32 letters, digits, dots, dashes or underscores`,
    );
  }
  const base = baseFolders(env, instance, cwd);
  const stateDir = join(base.state, instance);
  const socket = join(base.runtime, `${instance}.sock`);
  const fits = Buffer.byteLength(socket) <= SOCKET_PATH_BYTES;
  const runtimeDir = fits ? base.runtime : join(ownTemporaryFolder(env), shortNameOf(base.runtime));
  return {
    instance,
    configDir: base.config,
    stateDir,
    runtimeDir,
    socket: join(runtimeDir, `${instance}.sock`),
    lock: join(runtimeDir, `${instance}.lock`),
    stateLock: join(stateDir, 'engine.lock'),
    startNote: join(runtimeDir, `${instance}.start.json`),
    pipesDir: join(runtimeDir, `${instance}.pipes`),
    stateFile: join(stateDir, 'state.ndjson'),
    cooldownFile: join(stateDir, 'cooldown_state.json'),
    holdFile: join(stateDir, 'holds.json'),
    totalsFile: join(stateDir, 'totals.ndjson'),
    learnedFolder: join(stateDir, 'learned'),
    healingLog: join(stateDir, 'healing.log'),
    engineLog: join(stateDir, 'engine.log'),
    seqNote: join(runtimeDir, `${instance}.seq`),
    logsDir: join(stateDir, 'logs'),
    registryFile: join(base.config, instance === 'default' ? 'registry.json' : `registry.${instance}.json`),
    sourcesFile: join(stateDir, 'sources.json'),
    alertsFile: join(stateDir, 'alerts.json'),
    spoolDir: join(stateDir, 'spool'),
    fleetFile: join(stateDir, 'fleet', 'host.json'),
  };
}

function baseFolders(
  env: Environment,
  instance: string,
  cwd: string,
): { config: string; state: string; runtime: string } {
  const home = env['HEALER_HOME'];
  if (home !== undefined && home !== '') {
    // Resolved because other processes may run in another folder.
    const [config, state, runtime] = ['config', 'state', 'run'].map((name) => resolve(cwd, home, name));
    return { config: config ?? '', state: state ?? '', runtime: runtime ?? '' };
  }
  const userHome = homeOf(env);
  const xdg = (name: string, fallback: string): string => {
    const value = env[name];
    return join(value?.startsWith('/') === true ? value : join(userHome, fallback), 'healer');
  };
  const runtime = env['XDG_RUNTIME_DIR'];
  return {
    config: xdg('XDG_CONFIG_HOME', '.config'),
    state: xdg('XDG_STATE_HOME', '.local/state'),
    runtime: runtime?.startsWith('/') === true ? join(runtime, 'healer') : runtimeWithoutSession(env, instance),
  };
}

/**
 * Returns the home folder of the user: `HOME`, or that of the user database. A user without either gets "/", where nothing can
 * be written: the error then names the folder and HEALER_HOME.
 */
export function homeOf(env: Environment): string {
  const home = env['HOME'];
  return home !== undefined && home !== '' ? home : (ownHome() ?? '/');
}

/** Like os.tmpdir(), which reads the environment of this process: the paths may be those of an engine in another session. */
function temporaryFolder(env: Environment): string {
  const folders = [env['TMPDIR'], env['TMP'], env['TEMP']];
  return folders.find((folder) => folder !== undefined && folder !== '') ?? '/tmp';
}

const ROOT_RUNTIME = '/run/healer';

/**
 * Returns the runtime folder outside of a login session. Root uses a folder that no other user can create. An engine of an
 * earlier version that is still running, or that left pipes for its programs, stays in the temporary folder.
 */
function runtimeWithoutSession(env: Environment, instance: string): string {
  const temporary = ownTemporaryFolder(env);
  const isRoot = ownUid() === 0 && process.platform === 'linux' && (env['TMPDIR'] ?? '') === '';
  return isRoot && isWritable(dirname(ROOT_RUNTIME)) && !isInUse(temporary, instance) ? ROOT_RUNTIME : temporary;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isInUse(folder: string, instance: string): boolean {
  // A folder that another user has created there contains no engine of root.
  if (linkStatsOf(folder)?.uid !== ownUid()) return false;
  return ['lock', 'start.json', 'pipes'].some((suffix) => existsSync(join(folder, `${instance}.${suffix}`)));
}

/** One folder per user, because the temporary folder is shared. Its owner and mode are checked when it is created. */
function ownTemporaryFolder(env: Environment): string {
  return resolve(temporaryFolder(env), `healer-${String(ownUid())}`);
}

/** Loads node:crypto only here, because loading takes 5 ms and few folders need it. */
function shortNameOf(path: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(path).digest('hex').slice(0, 12);
}
