import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI, Healer, listLine } from './support/healer.mjs';
import { pause } from './support/pause.mjs';
import { openSlowProxy } from './support/slow-proxy.mjs';
import { hasSsh, startSshServer } from './support/ssh-server.mjs';
import { Tally } from './support/tally.mjs';
import { WatchedTerminal } from './support/watched-terminal.mjs';

const LINE = { bytesPerSecond: 4096, roundTripMs: 300 };
const PLANS = {
  quick: { seconds: 3, cases: [{ count: 10, columns: 80, rows: 24 }] },
  normal: {
    seconds: 10,
    cases: [
      { count: 10, columns: 80, rows: 24 },
      { count: 100, columns: 120, rows: 35 },
    ],
  },
};
PLANS.large = {
  seconds: 10,
  cases: [10, 100].flatMap((count) => [
    { count, columns: 80, rows: 24 },
    { count, columns: 120, rows: 35 },
  ]),
};

const CHATTY = `let n=0;setInterval(()=>{const at=Date.now();for(let i=0;i<50;i++)console.log('request '+ ++n+' at '+at+' took '+n%89+' ms')},50)`;
const LOOKS = 20;
const NEWEST_MS = 2000;
const KEY_MS = 1000;
const TABLE_BYTES = 3000;
const READING_BYTES = 500;

/** Measures the terminal UI over an SSH connection on a slow line, while a program prints 1,000 lines a second. */
export const slowLine = {
  name: 'slow-line',
  title: `The terminal UI over SSH on a line of ${LINE.bytesPerSecond} B/s and ${LINE.roundTripMs} ms`,
  async run({ size, workshop, progress }) {
    if (!hasSsh) return { groups: [], checks: [], skipped: ['ssh: openssh-server is not installed'] };
    const { seconds, cases } = PLANS[size];
    const tallies = {
      age: new Tally('age of the newest line on the screen', 'ms'),
      key: new Tally('from a key to the screen that shows what it did', 'ms'),
      bytes: new Tally('what is written to the terminal', 'bytes/s'),
    };
    const server = await startSshServer(workshop.newFolder());
    workshop.cleanup.defer(server.close);
    const proxy = await openSlowProxy({ port: server.port, ...LINE });
    workshop.cleanup.defer(proxy.close);
    for (const { count, columns, rows } of cases) {
      const healer = new Healer(workshop.newFolder());
      workshop.cleanup.defer(() => healer.down());
      const list = join(healer.home, 'list.txt');
      writeFileSync(list, programList(count));
      await healer.up(list);
      const variables = Object.entries(healer.environment).map(([name, value]) => `${name}=${value}`);
      const tui = [process.execPath, CLI, 'tui'];
      const lines = [
        ['slow line', server.command(proxy.port, ['env', ...variables, ...tui])],
        ['pty', tui],
      ];
      for (const [name, command] of lines) {
        const title = `${name}, ${columns}x${rows}, ${count} programs`;
        progress(title);
        const terminal = new WatchedTerminal(command, { columns, rows, env: healer.environment });
        await measure({ terminal, title, seconds, tallies });
        await terminal.close();
      }
      await healer.down();
    }
    return { groups: Object.values(tallies).map((tally) => tally.result()), checks: checksOf(tallies), skipped: [] };
  },
};

function programList(count) {
  const others = Array.from({ length: count - 1 }, (_, index) =>
    listLine(`svc-${String(index).padStart(3, '0')}`, ['sleep', '1000000']),
  );
  return listLine('chatty', ['node', '-e', CHATTY]) + others.join('');
}

async function measure({ terminal, title, seconds, tallies: { age, key, bytes } }) {
  const press = async (keys, what, fits) => {
    terminal.type(keys);
    key.add(`${title}: ${what}`, await terminal.shows(fits, what));
  };
  const written = async (what) => {
    const before = { bytes: terminal.bytes, at: performance.now() };
    await pause(seconds * 1000);
    bytes.add(`${title}: ${what}`, ((terminal.bytes - before.bytes) * 1000) / (performance.now() - before.at));
  };
  await terminal.shows((screen) => /svc-001/.test(screen), 'table');
  await pause(5000);
  await written('program selected');
  if (newestOn(terminal.screen()) !== null) await look(terminal, age, `${title}: below the table`);
  await press('j', 'j', (screen) => /▌.{0,2}svc-000/.test(screen));
  await press('k', 'k', (screen) => /▌.{0,2}chatty/.test(screen));
  await press('?', '?', (screen) => /Move|Keys in/.test(screen));
  await press('\x1b', 'Esc from help', (screen) => /svc-001/.test(screen) && !/Keys in/.test(screen));
  await pressInTable(press);
  await press('l', 'l', (screen) => /following/.test(screen) && newestOn(screen) !== null);
  await pause(5000);
  await written('log followed');
  await look(terminal, age, `${title}: log followed`);
  await press('/', '/', (screen) => /search:/.test(screen));
  await press('x', 'a letter', (screen) => /search: x/.test(screen));
  await press('\x1b', 'Esc from search', (screen) => !/search:/.test(screen));
  await press('k', 'k in the log', (screen) => !/following/.test(screen));
  await pause(3000);
  await written('log scrolled back');
  await pressInLog(press, terminal);
  await press('f', 'f', (screen) => /following/.test(screen) && newestOn(screen) !== null);
  await look(terminal, age, `${title}: log followed again`);
  await press('\x1b', 'Esc from the log', (screen) => /svc-001/.test(screen));
}

/** The keys of the table: tabs, the fleet, the command line, the processes of a program and their signals. */
async function pressInTable(press) {
  const isTable = (screen) => /Process .*Status/.test(screen);
  await press('2', '2 (anomalies)', (screen) => !isTable(screen));
  await press('5', '5 (healing log)', (screen) => /up for 1 s/.test(screen));
  await press('4', '4 (cooldowns)', (screen) => !/up for 1 s.*\n.*up for 1 s/.test(screen) && /svc-001/.test(screen));
  await press('1', '1 (programs)', isTable);
  await press('6', '6 (fleet)', (screen) => /credential of a fleet/.test(screen));
  await press(':', ':', (screen) => /Command/.test(screen));
  await press('re', 'the beginning of a command', (screen) => /:re/.test(screen));
  await press('\x1b', 'Esc from the command line', (screen) => !/Command /.test(screen));
  await press('\x1b[C', 'Right (processes)', (screen) => /▌▾/.test(screen) && /▾chatty.*\n.{0,3} node/.test(screen));
  await press('\x0b', 'Ctrl-K (signals)', (screen) => /USR1/.test(screen));
  await press('\x1b', 'Esc from the signals', (screen) => !/USR1/.test(screen));
  await press('\x1b[D', 'Left', (screen) => !/▾chatty/.test(screen));
  await press('/', '/ in the table', (screen) => /filter:/.test(screen));
  await press('\x1b', 'Esc from the filter', (screen) => !/filter:/.test(screen));
}

/** The keys that move in the log of a chatty program, and its process tree. */
async function pressInLog(press, terminal) {
  const top = (screen) => screen.match(/request (\d+)/)?.[1];
  const moves = (keys, what) => {
    const before = top(terminal.screen());
    return press(keys, what, (screen) => top(screen) !== before);
  };
  await moves('\x1b[5~', 'PgUp');
  await moves('\x1b[5~', 'PgUp again');
  await moves('\x1b[6~', 'PgDn');
  await moves('g', 'g');
  await press('t', 't (process tree)', (screen) => /t: show charts/.test(screen));
  await press('t', 't back to the charts', (screen) => !/t: show charts/.test(screen));
}

async function look(terminal, age, title) {
  for (let count = 0; count < LOOKS; count++) {
    await pause(230);
    age.add(title, Date.now() - (newestOn(terminal.screen()) ?? 0));
  }
}

/** Returns when the newest line on the screen was printed; null if there is none. */
function newestOn(screen) {
  const times = [...screen.matchAll(/ at (\d{13}) /g)].map(([, at]) => Number(at));
  return times.length === 0 ? null : Math.max(...times);
}

function checksOf({ age, key, bytes }) {
  const worst = (tally, fits, limit, what) =>
    tally
      .result()
      .rows.filter(({ name }) => fits(name))
      .map(({ name, samples }) => {
        const most = Math.round(Math.max(...samples));
        return { title: `${name}, at most ${limit} ${what}`, isOk: most <= limit, facts: String(most) };
      });
  return [
    ...worst(age, () => true, NEWEST_MS, 'ms'),
    ...worst(key, () => true, KEY_MS, 'ms'),
    ...worst(bytes, (name) => name.endsWith('selected'), TABLE_BYTES, 'bytes/s'),
    ...worst(bytes, (name) => name.endsWith('scrolled back'), READING_BYTES, 'bytes/s'),
  ];
}
