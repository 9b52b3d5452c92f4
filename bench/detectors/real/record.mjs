/**
 * Runs the real programs side by side and records the resident memory of each tree, one sample per second, in FOLDER:
 * `node bench/detectors/real/record.mjs FOLDER [--minutes 50] [--fast]`. Needs Node, Python 3, gcc and a JDK, up to 12 GB and half a core.
 */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FAST_VARIANTS, VARIANTS } from './variants.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '50' }, fast: { type: 'boolean', default: false } },
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
  c: [join(folder, 'program')],
  g1: java('-XX:+UseG1GC', '-Xmx1g'),
  serial: java('-XX:+UseSerialGC', '-Xmx768m'),
  parallel: java('-XX:+UseParallelGC', '-Xmx1g'),
};

function residentMb(pid) {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return pages * MB_A_PAGE + children.reduce((sum, child) => sum + residentMb(child), 0);
  } catch {
    return 0; // it has just exited
  }
}

function start({ name, runtime, words }) {
  const file = join(folder, `${name}.csv`);
  writeFileSync(file, 'timestamp,value\n');
  const [command, ...rest] = RUNTIMES[runtime];
  const child = spawn('nice', ['-n', '10', command, ...rest, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  child.on('exit', (code, signal) => isOver || console.error(`${name} exited: ${code ?? signal}`));
  return { child, file, started: Date.now(), rows: [] };
}

function sample(run) {
  const mb = residentMb(run.child.pid);
  if (mb === 0) return;
  run.rows.push(`${((Date.now() - run.started) / 1000).toFixed(1)},${mb.toFixed(2)}`);
  if (run.rows.length >= FLUSH_SECONDS) appendFileSync(run.file, `${run.rows.splice(0).join('\n')}\n`);
}

let isOver = false;
mkdirSync(folder, { recursive: true });
execFileSync('gcc', ['-O1', '-o', join(folder, 'program'), join(here, 'program.c'), '-lm']);
execFileSync('javac', ['-d', folder, join(here, 'Program.java')]);
const runs = [];
// One after the other, because starting them needs the processors.
const waiting = [...(values.fast ? FAST_VARIANTS : VARIANTS)];
const starter = setInterval(() => waiting.length > 0 && runs.push(start(waiting.shift())), 1000);
const timer = setInterval(() => runs.forEach(sample), 1000);

function finish() {
  isOver = true;
  clearInterval(starter);
  clearInterval(timer);
  clearTimeout(deadline);
  for (const { child } of runs) child.kill('SIGKILL');
}
const deadline = setTimeout(finish, Number(values.minutes) * 60_000);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, finish);
