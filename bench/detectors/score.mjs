import { createRandom } from './random.mjs';

/** Constants may only be chosen with the tuning seeds. The judging seeds are for reports. */
const SEEDS = { tuning: 1_000, judging: 7_700_000 };

/** A number is a first seed of its own: seeds that were not looked at before. */
function firstSeed(set) {
  return SEEDS[set] ?? Number(set);
}

/** Runs a detector over every kind, `repeats` times with different seeds, and counts the correct results. */
export function scoreKinds({ faulty, healthy, seconds, createDetector, set, repeats, stepS = 1 }) {
  const kinds = [...Object.entries(faulty), ...Object.entries(healthy)];
  const rows = kinds.map(([name, kind], index) => {
    const runs = Array.from({ length: repeats }, (_, round) =>
      runOver(kind, createDetector(), createRandom(firstSeed(set) + index * 7_919 + round), seconds, stepS),
    );
    return { name, runs };
  });
  return summarize(rows, seconds);
}

function runOver(kind, detector, random, seconds, stepS) {
  const { at, onset } = kind(random);
  const run = { isFaulty: onset !== null, foundAfter: null, falseAlarms: 0, evidence: null };
  let wasAnomalous = false;
  for (let t = 0; t < seconds; t += stepS) {
    const { anomaly, evidence } = detector.push({ t, value: at(t) });
    if (anomaly && !wasAnomalous) {
      if (onset !== null && t >= onset) run.foundAfter ??= t - onset;
      else run.falseAlarms += 1;
      run.evidence ??= evidence?.sentence ?? null;
    }
    wasAnomalous = anomaly;
  }
  return run;
}

/** Kinds that begin gradually: their delay is measured from the start of the ramp, so most of it is the ramp itself. */
const GRADUAL = /^ramp /;

function delaysOf(runs) {
  const delays = runs.map(({ foundAfter }) => foundAfter).filter((delay) => delay !== null);
  return delays.sort((a, b) => a - b);
}

function summarize(rows, seconds) {
  const runs = rows.flatMap((row) => row.runs);
  const faulty = runs.filter(({ isFaulty }) => isFaulty);
  const found = faulty.filter(({ foundAfter }) => foundAfter !== null);
  const healthyRuns = runs.filter(({ isFaulty }) => !isFaulty);
  const alarmed = runs.filter(({ falseAlarms }) => falseAlarms > 0);
  const precision = found.length / Math.max(1, found.length + alarmed.length);
  const recall = found.length / Math.max(1, faulty.length);
  const delays = delaysOf(found);
  const suddenDelays = delaysOf(rows.filter(({ name }) => !GRADUAL.test(name)).flatMap(({ runs: some }) => some));
  return {
    precision,
    recall,
    f1: (2 * precision * recall) / Math.max(1e-9, precision + recall),
    falseAlarmsAnHour: runs.reduce((sum, run) => sum + run.falseAlarms, 0) / ((runs.length * seconds) / 3600),
    medianDelay: delays[Math.floor(delays.length / 2)] ?? NaN,
    suddenDelay: suddenDelays[Math.floor(suddenDelays.length / 2)] ?? NaN,
    lateDelay: delays[Math.floor(delays.length * 0.9)] ?? NaN,
    found: found.length,
    faulty: faulty.length,
    alarmed: alarmed.length,
    weak: rows
      .map(({ name, runs: some }) => ({
        name,
        wrong: some.filter(isWrong).length,
        of: some.length,
        evidence: some.find(isWrong)?.evidence,
      }))
      .filter(({ wrong }) => wrong > 0),
    series: runs.length,
    healthy: healthyRuns.length,
  };
}

function isWrong({ isFaulty, foundAfter, falseAlarms }) {
  return falseAlarms > 0 || (isFaulty && foundAfter === null);
}
