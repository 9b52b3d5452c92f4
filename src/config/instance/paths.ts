import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from '../../base/environment.ts';
import { HealerError } from '../../protocol/errors.ts';

/** Where everything of one instance lives (SPEC section 16). All are absolute. */
export interface Paths {
  readonly instance: string;
  readonly configDir: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly socket: string;
  readonly lock: string;
  /** Held beside the lock: unlike the runtime folder, that of the state is cleaned by nobody and the same in every session. */
  readonly stateLock: string;
  /** How the engine was started, as long as it is to run. */
  readonly startNote: string;
  /** FIFOs that programs write to, and the collector's own. */
  readonly pipesDir: string;
  readonly stateFile: string;
  readonly cooldownFile: string;
  readonly holdFile: string;
  readonly healingLog: string;
  /** What a detached engine prints. */
  readonly engineLog: string;
  readonly logsDir: string;
  /** Definitions made by commands, and settings: of the instance alone, or each would start the others' programs. */
  readonly registryFile: string;
  /** Which files the last engine took its programs from. */
  readonly sourcesFile: string;
  /** Which alerts were considered, and those that wait for each channel. */
  readonly alertsFile: string;
  readonly spoolDir: string;
}

/** Linux refuses longer socket addresses (sun_path holds 108 bytes with its zero). */
const SOCKET_PATH_BYTES = 107;
const INSTANCE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/** @throws HealerError INVALID_CONFIG when the instance's name could not be a file name. */
export function resolvePaths(env: Environment, instance = 'default'): Paths {
  if (!INSTANCE_NAME.test(instance)) {
    throw new HealerError(
      'INVALID_CONFIG',
      `"${instance}" cannot name an instance: use up to 32 letters, digits, dots, dashes or underscores`,
    );
  }
  const base = baseFolders(env);
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
    healingLog: join(stateDir, 'healing.log'),
    engineLog: join(stateDir, 'engine.log'),
    logsDir: join(stateDir, 'logs'),
    registryFile: join(base.config, instance === 'default' ? 'registry.json' : `registry.${instance}.json`),
    sourcesFile: join(stateDir, 'sources.json'),
    alertsFile: join(stateDir, 'alerts.json'),
    spoolDir: join(stateDir, 'spool'),
  };
}

function baseFolders(env: Environment): { config: string; state: string; runtime: string } {
  const home = env['HEALER_HOME'];
  if (home !== undefined && home !== '') {
    // Whoever reads it next may stand in another folder.
    return { config: resolve(home, 'config'), state: resolve(home, 'state'), runtime: resolve(home, 'run') };
  }
  const userHome = env['HOME'] ?? userInfo().homedir;
  const xdg = (name: string, fallback: string): string => {
    const value = env[name];
    return join(value?.startsWith('/') === true ? value : join(userHome, fallback), 'healer');
  };
  const runtime = env['XDG_RUNTIME_DIR'];
  return {
    config: xdg('XDG_CONFIG_HOME', '.config'),
    state: xdg('XDG_STATE_HOME', '.local/state'),
    runtime: runtime?.startsWith('/') === true ? join(runtime, 'healer') : ownTemporaryFolder(env),
  };
}

/** Per user, since the temporary folder is shared. Its owner and mode are checked when it is made. */
function ownTemporaryFolder(env: Environment): string {
  return resolve(env['TMPDIR'] ?? tmpdir(), `healer-${String(userInfo().uid)}`);
}

/** Few folders need it, and loading node:crypto would cost each command 5 ms. */
function shortNameOf(path: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(path).digest('hex').slice(0, 12);
}
