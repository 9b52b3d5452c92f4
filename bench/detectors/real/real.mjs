/**
 * Scores the leak detector, with its default settings, on recordings of real programs:
 * `node bench/detectors/real/real.mjs FOLDER [train|held-out|all] [--fast]`, where FOLDER contains the output of record.mjs.
 * With --fast, scores the recordings made with --fast, with the engine's default rate of a fast leak.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLeakDetector } from '../../../dist/detectors.js';
import { FAST_VARIANTS, VARIANTS } from './variants.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { fast: { type: 'boolean', default: false } },
});
const [folder, set = 'all'] = positionals;
if (folder === undefined) {
  console.error('usage: node bench/detectors/real/real.mjs FOLDER [train|held-out|all] [--fast]');
  process.exit(2);
}

function readRows(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [t, value] = line.split(',').map(Number);
    return { t, value };
  });
}

function judge(variant) {
  const detector = createLeakDetector(values.fast ? { fastMbPerSecond: 4 } : {});
  let highest = 0;
  for (const sample of readRows(join(folder, `${variant.name}.csv`))) {
    const { anomaly, score, evidence } = detector.push(sample);
    highest = Math.max(highest, score);
    if (anomaly) return { ...variant, foundAt: sample.t, sentence: evidence.sentence };
  }
  return { ...variant, foundAt: null, sentence: `nothing, its highest score was ${highest.toFixed(2)}` };
}

const isRight = ({ isLeak, onset, foundAt }) => (isLeak ? foundAt !== null && foundAt >= onset : foundAt === null);

const verdicts = (values.fast ? FAST_VARIANTS : VARIANTS)
  .filter(
    ({ name, isHeldOut }) =>
      (set === 'all' || isHeldOut === (set === 'held-out')) && existsSync(join(folder, `${name}.csv`)),
  )
  .map(judge);
const leaks = verdicts.filter(({ isLeak }) => isLeak);
const found = leaks.filter(isRight);
const alarms = verdicts.filter(({ foundAt }) => foundAt !== null);
const delays = found.map(({ foundAt, onset }) => foundAt - onset).sort((a, b) => a - b);
console.log(
  `${verdicts.length} programs (${set}), ${leaks.length} that leak: precision ${(found.length / Math.max(1, alarms.length)).toFixed(3)}, ` +
    `recall ${(found.length / Math.max(1, leaks.length)).toFixed(3)}, half found within ${Math.round(delays[Math.floor(delays.length / 2)])} s, the last after ${Math.round(delays.at(-1))} s`,
);
for (const { name, foundAt, sentence } of verdicts.filter((verdict) => !isRight(verdict))) {
  console.log(`  ${name}: ${foundAt === null ? '' : `after ${Math.round(foundAt)} s `}${sentence}`);
}
