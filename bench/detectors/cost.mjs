/** Measures the cost of the detectors, in CPU time: `node --expose-gc bench/detectors/cost.mjs`. */
import { createLeakDetector, createNoveltyDetector, createSpikeDetector } from '../../dist/detectors.js';

const SAMPLES = 1_000_000;
const SERIES = 2_000;
const FED = 1_500;

const KINDS = {
  leak: () => createLeakDetector({ limitMb: 8000, fastMbPerSecond: 4 }),
  spike: () => createSpikeDetector(),
  novelty: () => createNoveltyDetector(),
};

const valueAt = (t) => 100 + t / 100 + 30 * Math.abs(Math.sin(t * 12.9898));

function microsecondsASample(create) {
  const detector = create();
  const start = process.cpuUsage();
  for (let t = 0; t < SAMPLES; t++) detector.push({ t, value: valueAt(t) });
  const { user, system } = process.cpuUsage(start);
  return (user + system) / SAMPLES;
}

/** Buffers are released one turn after their owners. */
async function bytesUsed() {
  for (let time = 0; time < 3; time++) {
    globalThis.gc?.();
    await new Promise(setImmediate);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function bytesASeries(create) {
  const before = await bytesUsed();
  const detectors = Array.from({ length: SERIES }, create);
  for (const detector of detectors) for (let t = 0; t < FED; t++) detector.push({ t, value: valueAt(t) });
  const bytes = ((await bytesUsed()) - before) / SERIES;
  return detectors.length === SERIES ? bytes : NaN;
}

for (const [name, create] of Object.entries(KINDS)) {
  const cost = microsecondsASample(create).toFixed(2);
  console.log(`${name}: ${cost} µs per sample, ${Math.round(await bytesASeries(create))} bytes per series`);
}
