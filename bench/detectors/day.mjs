/** Simulates days of healthy memory usage, with the engine's settings: `node bench/detectors/day.mjs [days of each kind, default 3] [first seed]`. */
import { createLeakDetector } from '../../dist/detectors.js';
import { HEALTHY_MEMORY } from './memory-corpus.mjs';
import { createRandom } from './random.mjs';

const DAY_S = 86_400;
/** What the host could give to the program, in MB. */
const HOST_MB = 8_000;
const [days = '3', firstSeed = '5000'] = process.argv.slice(2);

function restartsOfADay(kind, seed) {
  const { at } = kind(createRandom(seed));
  const detector = createLeakDetector({ fastMbPerSecond: 4 });
  const reasons = [];
  let wasAnomalous = false;
  for (let t = 0; t < DAY_S; t++) {
    const value = at(t);
    const { anomaly, evidence } = detector.push({ t, value, hostFreeMb: Math.max(0, HOST_MB - value) });
    if (anomaly && !wasAnomalous) reasons.push(`after ${t} s: ${evidence.sentence}`);
    wasAnomalous = anomaly;
  }
  return reasons;
}

const restarts = Object.entries(HEALTHY_MEMORY).flatMap(([name, kind]) =>
  Array.from({ length: Number(days) }, (_, round) => restartsOfADay(kind, Number(firstSeed) + round))
    .flat()
    .map((reason) => `${name} ${reason}`),
);
console.log(
  `${restarts.length} restarts in ${Object.keys(HEALTHY_MEMORY).length * Number(days)} days of healthy programs`,
);
for (const restart of restarts) console.log(`  ${restart}`);
