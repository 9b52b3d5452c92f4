import type { SnapshotRow } from '../../protocol/snapshot.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import { formatDuration } from '../../base/duration.ts';
import { quoteWord } from '../style/quote-word.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import type { State } from '../state/state.ts';
import { selectCurrentRow } from '../store/selectors.ts';
import { countdown, limitsText } from '../text/figures.ts';
import { fillHeight, line } from '../text/line.ts';
import { fitText } from '../text/narrow-text.ts';

interface Fact {
  readonly label: string;
  readonly text: string;
  readonly tone?: Span['tone'];
}

const LABEL_WIDTH = 10;
/** From these widths on, facts stand in two and in three columns. */
const TWO_COLUMNS_FROM = 64;
const THREE_COLUMNS_FROM = 110;

/** Draws what is known about the opened program: long facts on lines of their own, short ones in columns. */
export function factLines(state: State, scene: Scene): readonly string[] {
  const row = selectCurrentRow(state);
  if (row === null || state.view.kind !== 'program') return fillHeight(scene, []);
  const details = state.details?.row.id === row.id ? state.details : null;
  const count = scene.columns >= THREE_COLUMNS_FROM ? 3 : scene.columns >= TWO_COLUMNS_FROM ? 2 : 1;
  const cells = shortFacts(row, details, state.nowMs);
  const rows = Array.from({ length: Math.ceil(cells.length / count) }, (_, index) =>
    cells.slice(index * count, (index + 1) * count),
  );
  const width = Math.floor((scene.columns - 1) / count);
  return fillHeight(scene, [
    wideLine({ label: 'Command', text: commandText(details) }, scene),
    wideLine(lastExitOf(row), scene),
    ...runsLines(details, scene),
    ...rows.map((facts) => line(scene, [span(' '), ...facts.flatMap((fact) => cellSpans(fact, width, scene))])),
    wideLine({ label: 'Log', text: details?.logPath ?? '' }, scene),
  ]);
}

function wideLine({ label, text, tone }: Fact, scene: Scene): string {
  return line(scene, [span(` ${label.padEnd(LABEL_WIDTH)}`, 'muted'), span(text, tone)]);
}

function cellSpans({ label, text, tone }: Fact, width: number, { glyphs }: Scene): readonly Span[] {
  const room = Math.max(1, width - LABEL_WIDTH);
  return [span(label.padEnd(LABEL_WIDTH), 'muted'), span(`${fitText(text, room - 1, glyphs.ellipsis)} `, tone)];
}

function lastExitOf({ lastExit }: SnapshotRow): Fact {
  if (lastExit === null) return { label: 'Last exit', text: 'none' };
  return { label: 'Last exit', text: lastExit.reason, tone: lastExit.code === 0 ? 'plain' : 'busy' };
}

/** Draws the last runs of a job, the newest first; nothing for other programs. */
function runsLines(details: ProcessDetails | null, scene: Scene): readonly string[] {
  const runs = details?.runs ?? [];
  if (runs.length === 0) return [];
  const shown = runs.toReversed().map(({ ok, code, signal, durationMs }) => {
    const how = signal ?? (code === null ? 'unknown' : `exit ${String(code)}`);
    const took = durationMs === null ? '' : ` ${formatDuration(durationMs)}`;
    return `${ok ? 'ok' : how}${took}`;
  });
  return [wideLine({ label: 'Runs', text: shown.join(', ') }, scene)];
}

/** The most useful ones first, because a low screen cuts the others. */
function shortFacts(row: SnapshotRow, details: ProcessDetails | null, nowMs: number): readonly Fact[] {
  return [
    { label: 'Health', text: healthText(row, details), tone: row.health === 'unhealthy' ? 'bad' : 'plain' },
    { label: 'Limits', text: limitsText(row.limits) || 'none' },
    { label: 'PID', text: pidText(row) },
    { label: 'Restarts', text: restartsText(row, details), tone: row.restarts > 0 ? 'busy' : 'plain' },
    { label: 'Restart', text: details === null ? '' : policyText(details, nowMs) },
    { label: 'Source', text: row.source },
  ];
}

function pidText({ pid, processes }: SnapshotRow): string {
  if (pid === null) return '-';
  return processes > 1 ? `${String(pid)} (${String(processes)} processes)` : String(pid);
}

function restartsText({ restarts }: SnapshotRow, details: ProcessDetails | null): string {
  if (details === null) return String(restarts);
  const { restarts: recent, limit, windowMs } = details.cooldown;
  return `${String(restarts)} (${String(recent.length)} of ${String(limit)} in ${String(Math.round(windowMs / 1000))} s)`;
}

function commandText(details: ProcessDetails | null): string {
  if (details === null) return '';
  const { command, args, cwd } = details.spec;
  return [command, ...args].map(quoteWord).join(' ') + (cwd === null ? '' : `   in ${cwd}`);
}

function policyText({ spec, nextRestart }: ProcessDetails, nowMs: number): string {
  const planned = nextRestart === null ? '' : `, planned in ${countdown(nextRestart, nowMs)}`;
  return `${spec.restart.policy}${planned}${spec.healing === 'observe' ? ', observe only' : ''}`;
}

function healthText(row: SnapshotRow, details: ProcessDetails | null): string {
  if (details === null) return row.health;
  const { health, spec } = details;
  if (health === null) return spec.health === null ? 'no check' : 'check disabled (health.enabled)';
  const newest = health.results.at(-1);
  const answer =
    newest === undefined ? 'not checked yet' : `${newest.answer} (${String(Math.round(newest.latencyMs))} ms)`;
  return `${health.health}: ${health.asked}, ${answer}`;
}
