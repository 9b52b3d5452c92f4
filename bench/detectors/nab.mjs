/**
 * Scores the novelty detector on the Numenta Anomaly Benchmark: `node bench/detectors/nab.mjs FOLDER`.
 *
 * FOLDER is a checkout of https://github.com/numenta/NAB (its data and labels are read). The scoring is that of NAB, as
 * published in Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms" (2015): each labeled window is
 * worth more the earlier it is found, false alarms cost more the further they are from a window, the first 15 % of each
 * series (750 rows at most) do not count, and the best threshold for all series together is chosen.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNoveltyDetector } from '../../dist/detectors.js';

const PROFILES = {
  standard: { tp: 1, fp: 0.11, fn: 1 },
  'reward few false alarms': { tp: 1, fp: 0.22, fn: 1 },
  'reward few misses': { tp: 1, fp: 0.11, fn: 2 },
};
/** The score from which the product reports an anomaly. */
const ALARM = 0.5;
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

/**
 * Returns the best score over all thresholds, and the score at the threshold of the product: 0 for a detector without
 * alarms, 100 for a perfect one.
 */
function scoresOf(scored, profile) {
  const points = scored.flatMap(({ series, scores }) =>
    worthOf(series, profile).map((point, index) => ({ ...point, score: scores[index] })),
  );
  const counting = points.filter(({ counts }) => counts).sort((a, b) => b.score - a.score);
  const parts = new Map(counting.filter(({ window }) => window !== null).map(({ window }) => [window, -profile.fn]));
  const windows = parts.size;
  let total = -profile.fn * windows;
  let best = { total, threshold: Infinity };
  let own = total;
  for (const [index, { window, worth, score }] of counting.entries()) {
    if (window === null) total += worth;
    else {
      const gain = Math.max(0, worth - parts.get(window));
      parts.set(window, parts.get(window) + gain);
      total += gain;
    }
    const isLastOfScore = counting[index + 1]?.score !== score;
    if (score >= ALARM) own = total;
    if (isLastOfScore && total > best.total) best = { total, threshold: score };
  }
  const silent = -profile.fn * windows;
  const normalized = (sum) => (100 * (sum - silent)) / (profile.tp * windows - silent);
  return { best: normalized(best.total), threshold: best.threshold, own: normalized(own) };
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
  const { best, threshold, own } = scoresOf(scored, profile);
  console.log(`NAB ${name}: ${best.toFixed(2)} at ${threshold.toFixed(3)}, ${own.toFixed(2)} at ${ALARM}`);
}
