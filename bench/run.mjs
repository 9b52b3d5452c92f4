/**
 * Runs the benchmarks: compares healer with minimal programs for the same task, in turns within one run.
 *
 *   node bench/run.mjs [--only respawn,startup,idle,limits,logs,cli,mail,tui] [--quick | --large] [--json]
 */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { cli } from './cli.mjs';
import { idle } from './idle.mjs';
import { limits } from './limits.mjs';
import { logs } from './logs.mjs';
import { mail } from './mail.mjs';
import { respawn } from './respawn.mjs';
import { startup } from './startup.mjs';
import { formatOutcome } from './support/table.mjs';
import { Workshop } from './support/workshop.mjs';
import { tui } from './tui.mjs';

const BENCHMARKS = [respawn, startup, idle, limits, logs, cli, mail, tui];

const options = readOptions();
const workshop = new Workshop();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void endEarly(130));
process.once('uncaughtException', (error) => {
  console.error(error);
  void endEarly(1);
});

try {
  const machine = describeMachine();
  print(`${machine.cpu}, ${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}\n`);
  const benchmarks = [];
  for (const benchmark of options.benchmarks) benchmarks.push(await runOne(benchmark));
  if (options.isJson) process.stdout.write(`${JSON.stringify({ machine, size: options.size, benchmarks }, null, 2)}\n`);
  if (benchmarks.some(({ checks }) => checks.some(({ isOk }) => !isOk))) process.exitCode = 1;
} finally {
  await workshop.cleanup.run();
}

async function runOne({ name, title, run }) {
  const loadBefore = loadavg()[0];
  print(`## ${title}\n`);
  const progress = (what) => options.isSilent || process.stderr.write(`${name}: ${what}\n`);
  const outcome = await run({ size: options.size, workshop, progress });
  print(formatOutcome(outcome));
  print(`load average: ${loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after\n`);
  return { name, title, loadBefore, ...outcome };
}

function print(text) {
  if (!options.isJson) process.stdout.write(`${text}\n`);
}

function describeMachine() {
  const [{ model }, ...others] = cpus();
  const memoryMb = Math.round(totalmem() / 2 ** 20);
  return { cpu: model, cores: others.length + 1, memoryMb, kernel: release(), node: process.versions.node };
}

/** Cleans up and exits before the benchmarks are complete. */
async function endEarly(exitCode) {
  await workshop.cleanup.run();
  process.exit(exitCode);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const wanted = values.only?.split(',') ?? BENCHMARKS.map(({ name }) => name);
  const benchmarks = wanted.map((word) => {
    const found = BENCHMARKS.find(({ name }) => name === word);
    if (found === undefined)
      throw new Error(`unknown benchmark "${word}"; available: ${BENCHMARKS.map(({ name }) => name).join(', ')}`);
    return found;
  });
  const size = values.quick ? 'quick' : values.large ? 'large' : 'normal';
  return { benchmarks, size, isJson: values.json, isSilent: !process.stderr.isTTY };
}
