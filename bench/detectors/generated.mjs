/**
 * Scores the detectors on the generated corpora:
 * `node bench/detectors/generated.mjs [leak|slow|fills|spike|all] [tuning|judging|FIRST SEED] [repeats]`.
 */
import { createLeakDetector, createSpikeDetector } from '../../dist/detectors.js';
import { CPU_SECONDS, HEALTHY_CPU, SPIKES } from './cpu-corpus.mjs';
import { HEALTHY_MEMORY, LEAKS, MEMORY_SECONDS } from './memory-corpus.mjs';
import { scoreKinds } from './score.mjs';
import { EVEN_FILLS, SLOW_HEALTHY, SLOW_LEAKS, SLOW_SECONDS, SLOW_STEP_S } from './slow-memory-corpus.mjs';

const [which = 'all', set = 'judging', repeats = '20'] = process.argv.slice(2);

const leak = () => createLeakDetector();
const QUESTIONS = {
  leak: { faulty: LEAKS, healthy: HEALTHY_MEMORY, seconds: MEMORY_SECONDS, createDetector: leak },
  slow: {
    ...{ faulty: SLOW_LEAKS, healthy: SLOW_HEALTHY, seconds: SLOW_SECONDS, stepS: SLOW_STEP_S },
    createDetector: leak,
  },
  fills: {
    ...{ faulty: {}, healthy: EVEN_FILLS, seconds: SLOW_SECONDS, stepS: SLOW_STEP_S },
    createDetector: leak,
  },
  spike: { faulty: SPIKES, healthy: HEALTHY_CPU, seconds: CPU_SECONDS, createDetector: () => createSpikeDetector() },
};

for (const [name, question] of Object.entries(QUESTIONS)) {
  if (which !== 'all' && which !== name) continue;
  const score = scoreKinds({ ...question, set, repeats: Number(repeats) });
  const { precision, recall, f1, falseAlarmsAnHour, medianDelay, suddenDelay, lateDelay } = score;
  const { series, found, faulty, alarmed, weak } = score;
  console.log(
    `${name} (${set}, ${series} series): F1 ${f1.toFixed(4)}, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)} ` +
      `(${found} of ${faulty} found, ${alarmed} series with a false alarm), ${falseAlarmsAnHour.toFixed(4)} false alarms per hour, ` +
      `half found within ${Math.round(medianDelay)} s${suddenDelay === medianDelay ? '' : ` (those that begin suddenly: ${Math.round(suddenDelay)} s)`}, ` +
      `90 % within ${Math.round(lateDelay)} s`,
  );
  for (const { name: kind, wrong, of, evidence } of weak)
    console.log(`  ${kind}: ${wrong} of ${of} wrong. ${evidence ?? ''}`);
}
