import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BARE_NODE } from './support/commands.mjs';
import { CLI, Healer, listLine } from './support/healer.mjs';
import { pause } from './support/pause.mjs';
import { cpuMilliseconds } from './support/processes.mjs';
import { PtyProgram } from './support/pty-program.mjs';
import { Tally } from './support/tally.mjs';

const PLANS = {
  quick: { count: 5, rounds: 1, keys: 3, seconds: 2 },
  normal: { count: 100, rounds: 5, keys: 20, seconds: 10 },
};
PLANS.large = PLANS.normal;

const SIZE = { columns: 200, rows: 50 };
const TUI = 'healer tui';
const TOP = '/usr/bin/top';
/** A tenth of the programs sleep in short intervals, so that their usage changes. */
const BUSY_SHARE = 10;
const BUSY = ['sh', '-c', 'while :; do sleep 0.1; done'];
const LOG_LINES_PER_SECOND = 1000;
/** Lets the first compilation of the code finish, which must not be measured. */
const WARM_UP_MS = 5_000;
const CHATTY = ['node', '-e', chattyScript(LOG_LINES_PER_SECOND)];

/** Measures the terminal UI: the first frame, the response to a key, and the usage while it is open. */
export const tui = {
  name: 'tui',
  title: 'The terminal UI, 200 by 50',
  async run({ size, workshop, progress }) {
    const { count, rounds, keys, seconds } = PLANS[size];
    const healer = new Healer(workshop.newFolder());
    workshop.cleanup.defer(() => healer.down());
    const list = join(healer.home, 'list.txt');
    writeFileSync(list, programList(count));
    await healer.up(list);
    await pause(2000);
    const groups = [await timeFirstFrames(healer, rounds, count, progress), await timeKeys(healer, keys, progress)];
    groups.push(...(await watchOpen(healer, seconds, count, progress)));
    await healer.down();
    return { groups, checks: [], skipped: existsSync(TOP) ? [] : ['top: it is not installed'] };
  },
};

function programList(count) {
  const lines = Array.from({ length: count }, (_, index) => {
    const command = index % BUSY_SHARE === 0 ? BUSY : ['sleep', '1000000'];
    return listLine(`svc-${String(index).padStart(3, '0')}`, command);
  });
  return lines.join('') + listLine('zz-chatty', CHATTY);
}

/** Prints numbered lines at a constant rate, so that no two screens are the same. */
function chattyScript(linesPerSecond) {
  return `let n=0;setInterval(()=>{for(let i=0;i<${linesPerSecond / 20};i++)console.log('request '+ ++n+' took '+n%89+' ms')},50)`;
}

function openTui(healer) {
  return new PtyProgram([process.execPath, CLI, 'tui'], {
    ...SIZE,
    env: { ...healer.environment, TERM: 'xterm-256color' },
  });
}

function openTop(healer) {
  return new PtyProgram([TOP, '-d', '1'], { ...SIZE, env: { ...healer.environment, TERM: 'xterm-256color' } });
}

async function timeFirstFrames(healer, rounds, count, progress) {
  const tally = new Tally(`from the command to the first frame with ${count} programs`, 'ms', [BARE_NODE]);
  for (let round = 1; round <= rounds; round++) {
    progress(`first frame, round ${round} of ${rounds}`);
    const bare = new PtyProgram([process.execPath, '-e', 'process.stdout.write("ready")'], {
      ...SIZE,
      env: healer.environment,
    });
    tally.add(BARE_NODE, (await bare.wrote(/ready/)) - bare.startedAt);
    await bare.close().catch(() => undefined);
    if (existsSync(TOP)) await timeFrame(tally, 'top', openTop(healer), /PID/);
    await timeFrame(tally, TUI, openTui(healer), /svc-001/);
  }
  return tally.result();
}

async function timeFrame(tally, name, program, wanted) {
  tally.add(name, (await program.wrote(wanted)) - program.startedAt);
  await program.close();
}

/** Measures a key that moves the selection: the next frame names the selected program. */
async function timeKeys(healer, keys, progress) {
  progress('keys');
  const tally = new Tally('from a key to the frame that shows what it did', 'ms', []);
  const program = openTui(healer);
  await program.wrote(/quit/);
  await pause(1500);
  for (let key = 0; key < keys; key++) {
    const at = (key % 40) + 1;
    program.forget();
    const pressedAt = performance.now();
    program.type(at === 40 ? 'g' : 'j');
    const expected = at === 40 ? 0 : at;
    tally.add(TUI, (await program.wrote(selected(expected))) - pressedAt);
    // Not synchronized with the frames that are drawn every second.
    await pause(37 + (key % 7) * 20);
  }
  await program.close();
  return tally.result();
}

/** Matches the selected row: the cursor, then the number of the program. */
function selected(index) {
  return new RegExp(`▌[^▌]{0,40}svc-${String(Math.min(index, 99)).padStart(3, '0')}`);
}

async function watchOpen(healer, seconds, count, progress) {
  const cpu = new Tally(`CPU while it stands open, ${seconds} s`, '% of one core', []);
  const bytes = new Tally('what it writes to the terminal meanwhile', 'bytes/s', []);
  const table = `${TUI}, table of ${count}, a tenth changing`;
  await watch({ name: table, program: openTui(healer), keys: [], seconds, cpu, bytes, progress });
  const follow = `${TUI}, log of ${LOG_LINES_PER_SECOND} lines/s followed`;
  await watch({ name: follow, program: openTui(healer), keys: ['G', 'l', 'z'], seconds, cpu, bytes, progress });
  if (existsSync(TOP)) await watch({ name: 'top', program: openTop(healer), keys: [], seconds, cpu, bytes, progress });
  return [cpu.result(), bytes.result()];
}

async function watch({ name, program, keys, seconds, cpu, bytes, progress }) {
  progress(name);
  await program.wrote(/quit|PID/);
  for (const key of keys) {
    await pause(500);
    program.type(key);
  }
  await pause(WARM_UP_MS);
  const before = { cpuMs: cpuMilliseconds(program.pid), bytes: program.bytes, at: performance.now() };
  await pause(seconds * 1000);
  const tookMs = performance.now() - before.at;
  cpu.add(name, (100 * (cpuMilliseconds(program.pid) - before.cpuMs)) / tookMs);
  bytes.add(name, ((program.bytes - before.bytes) * 1000) / tookMs);
  await program.close();
}
