/** Scores the detectors on the generated corpora: `node bench/detectors/generated.mjs [leak|spike] [train|held-out] [repeats]`. */
import { createLeakDetector, createSpikeDetector } from '../../dist/detectors.js';
import { CPU_SECONDS, HEALTHY_CPU, SPIKES } from './cpu-corpus.mjs';
import { HEALTHY_MEMORY, LEAKS, MEMORY_SECONDS } from './memory-corpus.mjs';
import { scoreKinds } from './score.mjs';

const [which = 'all', set = 'held-out', repeats = '20'] = process.argv.slice(2);

const QUESTIONS = {
  leak: {
    faulty: LEAKS,
    healthy: HEALTHY_MEMORY,
    seconds: MEMORY_SECONDS,
    createDetector: () => createLeakDetector(),
  },
  spike: { faulty: SPIKES, healthy: HEALTHY_CPU, seconds: CPU_SECONDS, createDetector: () => createSpikeDetector() },
};

for (const [name, question] of Object.entries(QUESTIONS)) {
  if (which !== 'all' && which !== name) continue;
  const score = scoreKinds({ ...question, set: set.replace('-', ' '), repeats: Number(repeats) });
  const { precision, recall, f1, falseAlarmsAnHour, medianDelay, series, weak } = score;
  console.log(
    `${name} (${set}, ${series} series): F1 ${f1.toFixed(3)}, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, ` +
      `${falseAlarmsAnHour.toFixed(4)} false alarms per hour, half found within ${Math.round(medianDelay)} s`,
  );
  for (const { name: kind, wrong, of, evidence } of weak)
    console.log(`  ${kind}: ${wrong} of ${of} wrong. ${evidence ?? ''}`);
}
