/**
 * Runs the benchmarks: compares healer with minimal programs for the same task, in turns within one run.
 *
 *   node bench/run.mjs [--only respawn,startup,many,growth,idle,limits,logs,subscribers,under-load,cli,mail,tui,slow-line] [--quick | --large]
 *                      [--peers] [--json] [--check | --save] [--chart SVG] [--document MARKDOWN]
 *
 * `--check` compares the ratios with those in bench/ratios.json, and fails if one has become worse beyond noise; `--save`
 * replaces them. `--chart` draws the result of `growth` as an SVG, and `--document` puts it into a Markdown file as a table.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cli } from './cli.mjs';
import { growth } from './growth.mjs';
import { idle } from './idle.mjs';
import { limits } from './limits.mjs';
import { logs } from './logs.mjs';
import { mail } from './mail.mjs';
import { many } from './many.mjs';
import { respawn } from './respawn.mjs';
import { slowLine } from './slow-line.mjs';
import { startup } from './startup.mjs';
import { subscribers } from './subscribers.mjs';
import { growthChart } from './support/growth-chart.mjs';
import { withGrowth } from './support/growth-section.mjs';
import { compareRatios, ratiosOf } from './support/ratios.mjs';
import { formatOutcome } from './support/table.mjs';
import { Workshop } from './support/workshop.mjs';
import { tui } from './tui.mjs';
import { underLoad } from './under-load.mjs';

const BENCHMARKS = [
  respawn,
  startup,
  many,
  growth,
  idle,
  limits,
  logs,
  subscribers,
  underLoad,
  cli,
  mail,
  tui,
  slowLine,
];
const RATIOS = join(import.meta.dirname, 'ratios.json');

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
  if (options.saves) saveRatios(machine, benchmarks);
  presentGrowth(options, machine, benchmarks);
  if (options.isChecked && !checkRatios(benchmarks)) process.exitCode = 1;
  if (benchmarks.some(({ checks }) => checks.some(({ isOk }) => !isOk))) process.exitCode = 1;
} finally {
  await workshop.cleanup.run();
}

async function runOne({ name, title, run }) {
  const loadBefore = loadavg()[0];
  print(`## ${title}\n`);
  const progress = (what) => options.isSilent || process.stderr.write(`${name}: ${what}\n`);
  const outcome = await run({ size: options.size, workshop, progress, withPeers: options.withPeers });
  print(formatOutcome(outcome));
  print(`load average: ${loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after\n`);
  return { name, title, loadBefore, ...outcome };
}

/** Ratios of benchmarks that did not run now stay in the file. */
function saveRatios(machine, benchmarks) {
  const ratios = { ...readRatios(), ...ratiosOf(benchmarks) };
  writeFileSync(RATIOS, `${JSON.stringify({ machine, ratios }, null, 2)}\n`);
}

function checkRatios(benchmarks) {
  const { compared, worse, better } = compareRatios(readRatios(), ratiosOf(benchmarks));
  print(`${compared} ratios compared with bench/ratios.json: ${worse.length} worse, ${better.length} better`);
  for (const { text } of worse) print(`  worse   ${text}`);
  for (const { text } of better) print(`  better  ${text}`);
  return worse.length === 0;
}

function presentGrowth({ chart, document }, { cpu, cores, node }, benchmarks) {
  if (chart === undefined && document === undefined) return;
  const found = benchmarks.find(({ name }) => name === growth.name);
  if (found === undefined) throw new Error(`--chart and --document need the benchmark "${growth.name}"`);
  const day = new Date().toISOString().slice(0, 10);
  const caption = `by the number of programs: ${cpu}, ${cores} cores, Node ${node}, ${day}`;
  if (chart !== undefined) writeFileSync(chart, growthChart(found.groups, caption));
  if (document !== undefined)
    writeFileSync(document, withGrowth(readFileSync(document, 'utf8'), found.groups, caption));
}

function readRatios() {
  return JSON.parse(readFileSync(RATIOS, 'utf8')).ratios;
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
      peers: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      chart: { type: 'string' },
      document: { type: 'string' },
    },
  });
  const wanted = values.only?.split(',') ?? BENCHMARKS.map(({ name }) => name);
  const benchmarks = wanted.map((word) => {
    const found = BENCHMARKS.find(({ name }) => name === word);
    if (found === undefined)
      throw new Error(`unknown benchmark "${word}"; available: ${BENCHMARKS.map(({ name }) => name).join(', ')}`);
    return found;
  });
  if (values.quick && values.save) throw new Error('--quick takes too few samples to be saved: leave it out');
  const size = values.quick ? 'quick' : values.large ? 'large' : 'normal';
  return {
    benchmarks,
    size,
    withPeers: values.peers,
    isJson: values.json,
    isChecked: values.check,
    saves: values.save,
    chart: values.chart,
    document: values.document,
    isSilent: !process.stderr.isTTY,
  };
}
