import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, killQuietly } from './processes.mjs';
import { waitUntil } from './wait-until.mjs';

const DIST = join(import.meta.dirname, '../../dist');
export const CLI = join(DIST, 'cli.js');

/** healer in its own folder, used through its command line. */
export class Healer {
  /** @param {string} home */
  constructor(home) {
    this.home = home;
    this.logsFolder = join(home, 'state/default/logs');
    const { PATH = '', HOME = '' } = process.env;
    this.environment = {
      PATH,
      HOME,
      LANG: 'C.UTF-8',
      HEALER_HOME: home,
      HEALER_API_PORT: 'off',
      HEALER_ALIVENESS_PORT: 'off',
    };
  }

  /** Starts `healer up` without waiting for it. @param {string} listFile */
  beginUp(listFile) {
    return spawn(process.execPath, [CLI, 'up', '-f', listFile], {
      env: this.environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** @param {string} listFile */
  async up(listFile) {
    await waitForSuccess(this.beginUp(listFile), 'healer up');
  }

  /** @param {...string} words @returns {string} the output */
  run(...words) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...words], {
      env: this.environment,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`healer ${words.join(' ')} failed: ${stderr}`);
    return stdout;
  }

  /** Null if no engine is running. */
  get enginePid() {
    return this.#ownerOf('run/default.lock');
  }

  /** Null if healer runs without a log collector. */
  get collectorPid() {
    return this.#ownerOf('state/default/keeper.lock');
  }

  /**
   * Stops everything. If healer does not stop, it is killed.
   * @param {readonly number[]} programs  pids that are also killed in that case
   */
  async down(programs = []) {
    const processes = [this.enginePid, this.collectorPid].filter((pid) => pid !== null);
    spawnSync(process.execPath, [CLI, 'down'], { env: this.environment, stdio: 'ignore', timeout: 60_000 });
    const areGone = () => processes.every((pid) => !isAlive(pid));
    await waitUntil(areGone, 'healer and its programs to exit', { timeoutMs: 10_000 }).catch(() => {
      for (const pid of [...processes, ...programs]) killQuietly(pid);
    });
  }

  #ownerOf(lock) {
    try {
      return JSON.parse(readFileSync(join(this.home, lock), 'utf8')).pid;
    } catch {
      return null;
    }
  }
}

/** @param {import('node:child_process').ChildProcess} child @param {string} what */
export async function waitForSuccess(child, what) {
  const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)));
  if (code !== 0) throw new Error(`${what} exited with code ${code}`);
}

/** Returns a line of a process list without limits. @param {string} id @param {readonly string[]} command */
export function listLine(id, command) {
  return `${id} - - -- ${command.map((word) => `"${word}"`).join(' ')}\n`;
}
