/**
 * Runs the real programs side by side and records the resident memory of each tree, and the anonymous part of it, one sample
 * per second, in FOLDER: `node bench/detectors/real/record.mjs FOLDER [--minutes 50] [--fast] [--only REGEX]`. Needs Node,
 * and for the programs that are chosen Python 3, gcc, a JDK or Go; for all of them, 24 GB and a core. Two hours are a good length.
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FAST_VARIANTS, VARIANTS } from './variants.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '50' },
    fast: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('usage: node bench/detectors/real/record.mjs FOLDER [--minutes 50] [--fast]');
  process.exit(2);
}
const here = import.meta.dirname;
const MB_A_PAGE = 4096 / 2 ** 20;
const FLUSH_SECONDS = 10;
const java = (...options) => ['java', ...options, '-cp', folder, 'Program'];
const RUNTIMES = {
  node: ['node', join(here, 'program.mjs')],
  python: ['python3', join(here, 'program.py')],
  'node-server': ['node', join(here, 'server.mjs')],
  c: [join(folder, 'program')],
  g1: java('-XX:+UseG1GC', '-Xmx1g'),
  serial: java('-XX:+UseSerialGC', '-Xmx768m'),
  parallel: java('-XX:+UseParallelGC', '-Xmx1g'),
  'g1-server': [...java('-XX:+UseG1GC', '-Xmx1g'), 'server'],
  'serial-server': [...java('-XX:+UseSerialGC', '-Xmx768m'), 'server'],
  go: [join(folder, 'program-go')],
  'go-server': [join(folder, 'program-go'), 'server'],
};
/** What has to be built first, by the runtimes that need it. */
const BUILDS = [
  [/^c$/, 'gcc', ['-O1', '-o', join(folder, 'program'), join(here, 'program.c'), '-lm']],
  [/^(g1|serial|parallel)/, 'javac', ['-d', folder, join(here, 'Program.java')]],
  [/^go/, 'go', ['build', '-o', join(folder, 'program-go'), join(here, 'program.go')]],
];

/** Returns the resident and the anonymous memory of a process and its descendants, in MB. */
function memoryOf(pid) {
  try {
    const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
    const own = { resident: resident * MB_A_PAGE, anonymous: (resident - shared) * MB_A_PAGE };
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
    for (const { resident: more, anonymous } of children.map(memoryOf)) {
      own.resident += more;
      own.anonymous += anonymous;
    }
    return own;
  } catch {
    return { resident: 0, anonymous: 0 }; // it has just exited
  }
}

function start({ name, runtime, words, seconds }) {
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, 'timestamp,value,anonymous\n');
  const [command, ...rest] = RUNTIMES[runtime];
  const child = spawn('nice', ['-n', '10', command, ...rest, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (port) => {
    if (!runtime.endsWith('-server')) return;
    const load = join(here, 'load.mjs');
    loads.push(spawn('nice', ['-n', '10', 'node', load, String(port).trim(), String(seconds)], { stdio: 'ignore' }));
  });
  child.on('exit', (code, signal) => isOver || console.error(`${name} exited: ${code ?? signal}`));
  return { child, file, started: Date.now(), rows: [] };
}

function sample(run) {
  const { resident, anonymous } = memoryOf(run.child.pid);
  if (resident === 0) return;
  run.rows.push(`${((Date.now() - run.started) / 1000).toFixed(1)},${resident.toFixed(2)},${anonymous.toFixed(2)}`);
  if (run.rows.length >= FLUSH_SECONDS) appendFileSync(run.file, `${run.rows.splice(0).join('\n')}\n`);
}

let isOver = false;
mkdirSync(folder, { recursive: true });
const chosen = (values.fast ? FAST_VARIANTS : VARIANTS).filter(({ name }) => new RegExp(values.only).test(name));
for (const [runtimes, command, words] of BUILDS)
  if (chosen.some(({ runtime }) => runtimes.test(runtime))) execFileSync(command, words);
const runs = [];
const loads = [];
// One after the other, because starting them needs the processors.
const waiting = [...chosen];
const starter = setInterval(() => waiting.length > 0 && runs.push(start(waiting.shift())), 1000);
const timer = setInterval(() => runs.forEach(sample), 1000);

function finish() {
  isOver = true;
  clearInterval(starter);
  clearInterval(timer);
  clearTimeout(deadline);
  for (const child of [...loads, ...runs.map((run) => run.child)]) child.kill('SIGKILL');
}
const deadline = setTimeout(finish, Number(values.minutes) * 60_000);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, finish);
