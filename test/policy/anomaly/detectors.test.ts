import { describe, expect, test } from 'vitest';
import { DETECTORS, type DetectorInput, type WatchedRun } from '../../../src/policy/anomaly/detectors.ts';
import { NO_MEMORY, toleratedAfter } from '../../../src/policy/anomaly/run-memory.ts';
import type { DetectorName } from '../../../src/protocol/event-kinds.ts';
import type { ProcessSpecInput } from '../../../src/protocol/process-spec.ts';
import { spec } from '../../support/programs.ts';

function run(input: DetectorInput, fields: Partial<ProcessSpecInput> = {}, toleratedMb = 0): WatchedRun {
  const { anomaly, limits } = spec(fields);
  return { input, anomaly, limits, memory: { ...NO_MEMORY, toleratedMb } };
}

/** Feeds a series, one sample a second. Returns the second of the first anomaly, or null. */
function firstAnomaly(
  detector: ReturnType<(typeof DETECTORS)['leak']['create']>,
  seconds: number,
  valueAt: (t: number) => number,
): number | null {
  for (let t = 0; t < seconds; t += 1) if (detector.push({ t, value: valueAt(t) }).anomaly) return t;
  return null;
}

describe('the table of detectors', () => {
  test('names the event and the inputs of each detector', () => {
    const rows = Object.entries(DETECTORS).map(
      ([name, { event, inputs, takesMinutes = false }]) =>
        `${name}: ${event} of ${inputs.join(', ')}${takesMinutes ? ', by minute' : ''}`,
    );
    expect(rows).toEqual([
      'leak: memory-leak of memory',
      'spike: cpu-spike of cpu',
      'forkBomb: fork-bomb of descendants',
      'descriptorLeak: descriptor-leak of descriptors',
      'threadLeak: thread-leak of threads',
      'novelty: novelty of memory, cpu, by minute',
    ]);
  });

  test('has the names of the settings in a definition', () => {
    expect(Object.keys(DETECTORS).toSorted()).toEqual(Object.keys(spec().anomaly).toSorted());
  });

  test.each(Object.keys(DETECTORS) as DetectorName[])('creates the detector "%s" without a run', (name) => {
    expect(DETECTORS[name].create().push({ t: 0, value: 1 })).toMatchObject({ anomaly: false, evidence: null });
  });

  test('knows the rate of a fast leak only from a definition', () => {
    const fast = (t: number): number => 60 + 5 * t;
    expect(firstAnomaly(DETECTORS.leak.create(), 60, fast)).toBeNull();
    expect(firstAnomaly(DETECTORS.leak.create(run('memory')), 60, fast)).not.toBeNull();
  });

  test.each([
    [0, true],
    [250, true],
    [400, false],
  ])('tolerates growth to %i MB: a leak within a minute is found: %s', (tolerated, isFound) => {
    const found = firstAnomaly(DETECTORS.leak.create(run('memory', {}, tolerated)), 60, (t) => 60 + 5 * t);
    expect(found !== null).toBe(isFound);
  });

  test.each<[number, number | null]>([
    [50, null],
    [51, 0],
  ])('counts %i descendants against the maximum of a definition: found at %s', (descendants, at) => {
    const detector = DETECTORS.forkBomb.create(run('descendants', { anomaly: { forkBomb: { maxDescendants: 50 } } }));
    expect(firstAnomaly(detector, 5, () => descendants)).toBe(at);
  });

  test.each<[number, boolean]>([
    [10, true],
    [400, false],
  ])('takes the warm-up of %i s from a definition: a spike after 100 s is found: %s', (warmUpSeconds, isFound) => {
    const detector = DETECTORS.spike.create(run('cpu', { anomaly: { spike: { warmUpSeconds } } }));
    expect(firstAnomaly(detector, 300, (t) => (t < 100 ? 5 : 98)) !== null).toBe(isFound);
  });

  test.each<[DetectorInput, RegExp]>([
    ['memory', /^memory of 9000 MB is unusual, mainly because of /],
    ['cpu', /^CPU of 9000 % is unusual, mainly because of /],
  ])('names the values of a novelty in %s', (input, sentence) => {
    const detector = DETECTORS.novelty.create(run(input));
    for (let t = 0; t < 2_000; t += 1) detector.push({ t, value: 100 + (t % 7) });
    const finding = detector.push({ t: 2_000, value: 9_000 });
    expect(finding.anomaly).toBe(true);
    expect(finding.evidence?.sentence).toMatch(sentence);
  });
});

test('after a restart for a leak, a run may grow ten times as much', () => {
  expect(toleratedAfter({ figures: { mbPerSecond: 5, fromMb: 60, toMb: 260 } })).toBe(2060);
});
