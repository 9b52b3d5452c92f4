/**
 * Keeps the compiled form of the code that each program starts with beside it, for the Node that runs the build. It should contain
 * the functions that a start runs, so an engine is started, asked, and ended, in a folder of its own. A release contains no
 * compiled form, because it is valid for one version of Node only; each program then keeps it in the state folder of its user.
 */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bundleNameOf, COMPILED_PROGRAMS } from './entries.mjs';

const run = promisify(execFile);
const COMMAND_TIMEOUT_MS = 20_000;
/** An engine writes the compiled form of its code 2 s after its start. */
const ATTEMPTS = 100;
const PAUSE_MS = 100;

const PROGRAMS = `processes:
  one:
    command: sleep
    args: ["60"]
    limits: { memoryMb: 100, cpuPercent: 80 }
  two:
    command: sh
    args: ["-c", "echo started; exec sleep 60"]
    restart: { policy: always }
`;

/** Does nothing if the code has not changed. What prevents it costs only time at each start. */
export async function compileStartCode(dist) {
  const names = COMPILED_PROGRAMS.map((entry) => `${bundleNameOf(entry)}.js`);
  if (!names.every((name) => existsSync(join(dist, name)))) return;
  // All of them are asked, because each removes what is old.
  const areCurrent = names.map((name) => hasCurrent(dist, name));
  if (areCurrent.every(Boolean)) return;
  const home = mkdtempSync(join(tmpdir(), 'healer-build-'));
  try {
    await startAndEnd(dist, home);
    install(dist, join(home, 'state', '.code'));
  } catch {
    // For example on a system on which an engine cannot run.
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function startAndEnd(dist, home) {
  const file = join(home, 'healer.yaml');
  writeFileSync(file, PROGRAMS);
  const env = { PATH: process.env.PATH, HEALER_HOME: home, HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' };
  const healer = (...words) =>
    run(process.execPath, [join(dist, 'cli.js'), ...words], { cwd: home, env, timeout: COMMAND_TIMEOUT_MS });
  try {
    await healer('up', '-f', file);
    await healer('ls');
    const isKept = () => keptIn(join(home, 'state', '.code')).some((name) => name.startsWith('engine-'));
    for (let attempt = 0; attempt < ATTEMPTS && !isKept(); attempt += 1) await pause(PAUSE_MS);
  } finally {
    await healer('down');
  }
}

/** Copies `NAME-VERSION.bin` to where that program looks first. */
function install(dist, folder) {
  for (const kept of keptIn(folder)) {
    const entry = COMPILED_PROGRAMS.find((name) => kept.startsWith(`${name}-`));
    if (entry === undefined) continue;
    const target = join(dist, `${bundleNameOf(entry)}.js.${kept.slice(entry.length + 1)}`);
    const draft = `${target}.${String(process.pid)}.tmp`;
    writeFileSync(draft, readFileSync(join(folder, kept)), { mode: 0o644 });
    renameSync(draft, target);
  }
}

/** Returns the names of the compiled forms. One that is being written has another ending. */
function keptIn(folder) {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.bin'));
  } catch {
    return [];
  }
}

/** Removes the compiled forms of earlier builds. Returns whether there is one of this build. */
function hasCurrent(dist, code) {
  const changedMs = statSync(join(dist, code), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = readdirSync(dist).filter((name) => name.startsWith(`${code}.`) && name.endsWith('.bin'));
  const old = files.filter((name) => (statSync(join(dist, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) < changedMs);
  for (const name of old) rmSync(join(dist, name), { force: true });
  return files.length > old.length;
}
