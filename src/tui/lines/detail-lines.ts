import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import { quoteWord } from '../style/quote-word.ts';
import type { State } from '../state/state.ts';
import { countdown } from '../text/figures.ts';
import { fillHeight, line } from '../text/line.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

/** What is run, how it is restarted, how it is checked, where its log is. */
export function detailLines({ details, nowMs }: State, scene: Scene): readonly string[] {
  if (details === null) return fillHeight(scene, []);
  const facts: readonly (readonly [label: string, text: string])[] = [
    ['Command', commandText(details)],
    ['Restart', restartText(details, nowMs)],
    ['Health', healthText(details)],
    ['Log', details.logPath],
  ];
  return fillHeight(
    scene,
    facts.map(([label, text]) => line(scene, factSpans(label, text))),
  );
}

function factSpans(label: string, text: string): Span[] {
  return [span(` ${label.padEnd(9)}`, 'muted'), span(text)];
}

function commandText({ spec }: ProcessDetails): string {
  const folder = spec.cwd === null ? '' : `   in ${spec.cwd}`;
  return `${[spec.command, ...spec.args].map(quoteWord).join(' ')}${folder}`;
}

function restartText({ spec, cooldown, nextRestart }: ProcessDetails, nowMs: number): string {
  const { restarts, limit, windowMs } = cooldown;
  const planned = nextRestart === null ? '' : `, planned in ${countdown(nextRestart, nowMs)}`;
  const observed = spec.healing === 'observe' ? ', faults are only told' : '';
  return `${spec.restart.policy}, ${restarts.length} of ${limit} in ${Math.round(windowMs / 1000)} s${planned}${observed}`;
}

function healthText({ health }: ProcessDetails): string {
  if (health === null) return 'no check';
  const newest = health.results.at(-1);
  const answer = newest === undefined ? 'not asked yet' : `${newest.answer} (${Math.round(newest.latencyMs)} ms)`;
  return `${health.health}: ${health.asked}, ${answer}`;
}
