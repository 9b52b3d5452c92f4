/**
 * Records what a version of healer leaves on disk, for the compatibility test: `node scripts/release/record-home.mjs DIST FOLDER`.
 * DIST is the folder of a build. FOLDER receives the configuration, the state and the logs of an engine that was killed while
 * its programs were in many states, and `expected.json` with what the engine said about them. `@HOME@` stands for the folder.
 *
 * Record each release once, when it is published: test/fixtures/homes/README.md says how.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [dist = '', target = ''] = process.argv.slice(2).map((path) => resolve(path));
const home = mkdtempSync(join(tmpdir(), 'healer-record-'));
const env = {
  PATH: process.env.PATH,
  HOME: home,
  HEALER_HOME: home,
  HEALER_API_PORT: 'off',
  HEALER_ALIVENESS_PORT: 'off',
};

const YAML = `processes:
  web: { command: sh, args: ['-c', 'n=0; while :; do n=$((n+1)); echo line $n; echo oops $n >&2; sleep 0.2; done'], cwd: / }
  api: { command: sleep, args: ['100000'], cwd: /, limits: { memoryMb: 100 } }
  idle: { command: sleep, args: ['100001'], cwd: / }
  crash: { command: sh, args: ['-c', 'sleep 0.2; exit 3'], cwd: /, restart: { cooldown: { restarts: 3, windowMs: 60000, durationMs: 600000 } } }
  done: { command: 'true', cwd: /, restart: { policy: never } }
`;
const MAIL =
  'smtp_server = 127.0.0.1\nsmtp_port = 2525\nsender_email = healer@example.com\nreceiver_email = ops@example.com\n';

function healer(...args) {
  return execFileSync(process.execPath, [join(dist, 'cli.js'), ...args], { cwd: home, env, encoding: 'utf8' });
}

/** Waits until a program is in a state. */
async function reach(id, state) {
  for (let round = 0; round < 200; round += 1) {
    if (JSON.parse(healer('ls', '--json')).some((row) => row.id === id && row.state === state)) return;
    await sleep(100);
  }
  throw new Error(`${id} did not become ${state}`);
}

try {
  mkdirSync(join(home, 'config'), { recursive: true });
  writeFileSync(join(home, 'healer.yaml'), YAML);
  writeFileSync(join(home, 'process_list.txt'), 'sleeper 50 100 -- sleep 100002\n');
  writeFileSync(join(home, 'config/email_config.txt'), MAIL, { mode: 0o600 });
  healer('up', '-f', 'healer.yaml', '-f', 'process_list.txt');
  healer('add', 'extra', '--memory', '50', '--cwd', '/', '--', 'sleep', '100003');
  healer('update', 'sleeper', '--memory', '200');
  healer('disable', 'idle');
  healer('hold', 'api', '--for', '1d');
  healer('config', 'set', 'zombieScanSeconds', '120');
  healer('config', 'set', 'executable-whitelist', '{"patterns":["/usr/bin/sleep"]}');
  healer('config', 'set', 'api', '{"requestsPerSecond":7}');
  await reach('crash', 'cooldown');
  await reach('web', 'running');
  await sleep(1_500);
  writeExpected();
} finally {
  const [pid] = /(?<="pid":)\d+/.exec(readFileSync(join(home, 'state/default/engine.lock'), 'utf8')) ?? [];
  if (pid !== undefined) process.kill(Number(pid), 'SIGKILL');
  await sleep(500);
  save();
  // The next engine ends what the killed one left.
  spawnSync(process.execPath, [join(dist, 'cli.js'), 'up'], { cwd: home, env, stdio: 'ignore' });
  spawnSync(process.execPath, [join(dist, 'cli.js'), 'down'], { cwd: home, env, stdio: 'ignore' });
  rmSync(home, { recursive: true, force: true });
}

function writeExpected() {
  const rows = JSON.parse(healer('ls', '--json'));
  const programs = Object.fromEntries(rows.map(({ id, state, restarts }) => [id, { state, restarts }]));
  const changed = JSON.parse(healer('config', 'get', '--json')).filter(({ isDefault }) => !isDefault);
  const settings = Object.fromEntries(changed.map(({ key, value }) => [key, value]));
  writeFileSync(join(home, 'expected.json'), `${JSON.stringify({ programs, settings }, null, 2)}\n`);
}

function save() {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const isLock = (path) => /\.lock$|\.sock$|\.spare$|engine\.log$/.test(path);
  for (const name of ['config', 'state', 'healer.yaml', 'process_list.txt', 'expected.json']) {
    cpSync(join(home, name), join(target, name), { recursive: true, filter: (path) => !isLock(path) });
  }
  for (const path of readdirSync(target, { recursive: true }).map((name) => join(target, name))) {
    if (!statSync(path).isFile()) continue;
    const text = readFileSync(path, 'utf8');
    if (text.includes(home)) writeFileSync(path, text.replaceAll(home, '@HOME@'));
  }
}
