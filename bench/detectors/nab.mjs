/**
 * Scores the novelty detector on the Numenta Anomaly Benchmark: `node bench/detectors/nab.mjs FOLDER`.
 *
 * FOLDER is a checkout of https://github.com/numenta/NAB (its data and labels are read). The scoring is that of NAB, as
 * published in Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms" (2015): each labeled window is
 * worth more the earlier it is found, false alarms cost more the further they are from a window, the first 15 % of each
 * series (750 rows at most) do not count, and the best threshold for all series together is chosen. Beside that score, which
 * has seen all series, it prints one with a threshold that was chosen on other series: the mean of ten divisions into five parts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNoveltyDetector } from '../../dist/detectors.js';
import { createRandom } from './random.mjs';

const PROFILES = {
  standard: { tp: 1, fp: 0.11, fn: 1 },
  'reward few false alarms': { tp: 1, fp: 0.22, fn: 1 },
  'reward few misses': { tp: 1, fp: 0.11, fn: 2 },
};
/** The score from which the product reports an anomaly. */
const ALARM = 0.5;
const PARTS = 5;
const DIVISIONS = 10;
const PROBATION = 0.15;
const MOST_PROBATION_ROWS = 5_000;

const sigmoid = (position) => (position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1);

function readSeries(folder) {
  const windows = JSON.parse(readFileSync(join(folder, 'labels/combined_windows.json'), 'utf8'));
  return Object.entries(windows).map(([name, limits]) => {
    const lines = readFileSync(join(folder, 'data', name), 'utf8')
      .trim()
      .split('\n')
      .slice(1);
    const rows = lines.map((line) => {
      const [stamp, value] = line.trim().split(',');
      return { at: Date.parse(`${stamp.replace(' ', 'T')}Z`) / 1000, value: Number(value) };
    });
    const indexOf = (stamp) =>
      rows.findIndex(({ at }) => at === Math.floor(Date.parse(`${stamp.slice(0, 19).replace(' ', 'T')}Z`) / 1000));
    return { name, rows, windows: limits.map(([from, to]) => ({ from: indexOf(from), to: indexOf(to) })) };
  });
}

/** Returns each row that counts, with its window and the value of an alarm there. */
function worthOf({ name, rows, windows }, { tp, fp }) {
  const probation = Math.min(Math.floor(PROBATION * rows.length), PROBATION * MOST_PROBATION_ROWS);
  return rows.map((_, index) => {
    const within = windows.find(({ from, to }) => index >= from && index <= to);
    if (within !== undefined) {
      const position = -(within.to - index + 1) / (within.to - within.from + 1);
      return {
        window: `${name}:${within.from}`,
        worth: (tp * sigmoid(position)) / sigmoid(-1),
        counts: index >= probation,
      };
    }
    const before = windows.findLast(({ to }) => to < index);
    const past = before === undefined ? Infinity : (index - before.to) / (before.to - before.from);
    return { window: null, worth: fp * sigmoid(past), counts: index >= probation };
  });
}

/** Returns what a perfect detector gains on a series over one without alarms, and what each alarm gains or costs, highest score first. */
function stepsOf({ series, scores }, profile) {
  const points = worthOf(series, profile).map((point, index) => ({ ...point, score: scores[index] }));
  const counting = points.filter(({ counts }) => counts).sort((a, b) => b.score - a.score);
  const parts = new Map(counting.filter(({ window }) => window !== null).map(({ window }) => [window, -profile.fn]));
  const possible = (profile.tp + profile.fn) * parts.size;
  const steps = counting.map(({ window, worth, score }) => {
    if (window === null) return { score, gain: worth };
    const gain = Math.max(0, worth - parts.get(window));
    parts.set(window, parts.get(window) + gain);
    return { score, gain };
  });
  return { possible, steps };
}

/** Returns the threshold with the greatest gain over several series together. */
function bestThreshold(files) {
  const steps = files.flatMap((file) => file.steps).sort((a, b) => b.score - a.score);
  let [total, most, threshold] = [0, 0, Infinity];
  for (const [index, { score, gain }] of steps.entries()) {
    total += gain;
    if (steps[index + 1]?.score === score || total <= most) continue;
    most = total;
    threshold = score;
  }
  return threshold;
}

/** Returns the gain at a threshold: 0 for a detector without alarms, 100 for a perfect one. */
function gainOf(files, thresholdOf) {
  const possible = files.reduce((sum, file) => sum + file.possible, 0);
  const gained = files.map((file, index) => {
    const threshold = thresholdOf(index);
    return file.steps.reduce((sum, { score, gain }) => (score >= threshold ? sum + gain : sum), 0);
  });
  return (100 * gained.reduce((sum, gain) => sum + gain, 0)) / possible;
}

/** Returns the score with a threshold that was chosen without the part that is scored. */
function crossValidated(files, random) {
  const order = files
    .map((_, index) => ({ index, key: random.between(0, 1) }))
    .sort((a, b) => a.key - b.key)
    .map(({ index }) => index);
  const partOf = new Map(order.map((index, place) => [index, place % PARTS]));
  const thresholds = Array.from({ length: PARTS }, (_, part) =>
    bestThreshold(files.filter((__, index) => partOf.get(index) !== part)),
  );
  return gainOf(files, (index) => thresholds[partOf.get(index)]);
}

function run(folder, createDetector) {
  return readSeries(folder).map((series) => {
    const detector = createDetector();
    return { series, scores: series.rows.map(({ at, value }) => detector.push({ t: at, value }).score) };
  });
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node bench/detectors/nab.mjs FOLDER (a checkout of https://github.com/numenta/NAB)');
  process.exit(2);
}
const scored = run(folder, () => createNoveltyDetector());
for (const [name, profile] of Object.entries(PROFILES)) {
  const files = scored.map((each) => stepsOf(each, profile));
  const threshold = bestThreshold(files);
  const random = createRandom(1);
  const validated = Array.from({ length: DIVISIONS }, () => crossValidated(files, random));
  const mean = validated.reduce((sum, score) => sum + score, 0) / DIVISIONS;
  console.log(
    `NAB ${name}: ${gainOf(files, () => threshold).toFixed(2)} at ${threshold.toFixed(3)}, ${gainOf(files, () => ALARM).toFixed(2)} at ${ALARM}, ` +
      `${mean.toFixed(2)} with a threshold from other series (${Math.min(...validated).toFixed(2)} to ${Math.max(...validated).toFixed(2)})`,
  );
}
