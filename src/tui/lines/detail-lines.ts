import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import { formatDuration } from '../../base/duration.ts';
import { quoteWord } from '../style/quote-word.ts';
import type { State } from '../state/state.ts';
import { countdown } from '../text/figures.ts';
import { fillHeight, line } from '../text/line.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

/** Draws the command, the restart policy, the health check and the log path of the opened program. */
export function detailLines({ details, nowMs }: State, scene: Scene): readonly string[] {
  if (details === null) return fillHeight(scene, []);
  const facts: readonly (readonly [label: string, text: string])[] = [
    ['Command', commandText(details)],
    ['Restart', restartText(details, nowMs)],
    ...runsText(details),
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
  const observed = spec.healing === 'observe' ? ', observe only' : '';
  return `${spec.restart.policy}, ${restarts.length} of ${limit} in ${Math.round(windowMs / 1000)} s${planned}${observed}`;
}

/** The last runs of a job; nothing for other programs. */
function runsText({ runs = [] }: ProcessDetails): readonly (readonly [label: string, text: string])[] {
  if (runs.length === 0) return [];
  const shown = runs.toReversed().map(({ ok, code, signal, durationMs }) => {
    const how = signal ?? (code === null ? 'unknown' : `exit ${String(code)}`);
    const took = durationMs === null ? '' : ` ${formatDuration(durationMs)}`;
    return `${ok ? 'ok' : how}${took}`;
  });
  return [['Runs', shown.join(', ')]];
}

function healthText({ health, spec }: ProcessDetails): string {
  if (health === null) return spec.health === null ? 'no check' : 'check disabled (health.enabled)';
  const newest = health.results.at(-1);
  const answer = newest === undefined ? 'not checked yet' : `${newest.answer} (${Math.round(newest.latencyMs)} ms)`;
  return `${health.health}: ${health.asked}, ${answer}`;
}
