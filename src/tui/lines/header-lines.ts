import { stateWord } from '../../client/attach/present-reason.ts';
import type { AlertsStatus, EngineStatus, HostFacts } from '../../protocol/snapshot.ts';
import { PROCESS_STATES } from '../../protocol/process-state.ts';
import { toneOfState } from '../text/program-status.ts';
import type { State } from '../state/state.ts';
import { selectUrgentCount } from '../store/selectors.ts';
import { coarseDuration, gigabytes, timeOfDay } from '../text/figures.ts';
import { bar, sparkline } from '../text/graphs.ts';
import { fillHeight, line, lineWithExtras, twoSided } from '../text/line.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

const BAR_WIDTH = 10;
/** The width of the trend on narrow and on wide screens. */
const TREND_WIDTH = { narrow: 8, wide: 24 };
const WIDE_FROM_COLUMNS = 140;
/** From this width on, the totals of all programs are shown beside the host. */
const TOTALS_FROM_COLUMNS = 110;
const HIGH_USE_PERCENT = 90;

/** Draws the engine, the host and the programs in three lines; on low screens without the host, or in a single line. */
export function headerLines(state: State, scene: Scene): readonly string[] {
  const { status } = state;
  if (status === null)
    return fillHeight(scene, [line(scene, [span(' healer ', 'strong'), span(connectingText(state))])]);
  const name = [span(' healer', 'strong'), span(` ${state.instance} @ ${status.host.hostname}`)];
  const engine = twoSided(scene, name, engineSpans(state, status));
  const counts = [...countSpans(status), ...attentionSpans(state, scene), ...healingSpans(status)];
  if (scene.height === 1) return [twoSided(scene, [...name, span('  '), ...counts], alertSpans(status))];
  const programs = twoSided(scene, [span(' '), ...counts], alertSpans(status));
  if (scene.height === 2) return [engine, programs];
  return fillHeight(scene, [engine, hostLine(state, status.host, scene), programs]);
}

function connectingText({ instance, connection }: State): string {
  return connection.kind === 'down'
    ? `${instance}: ${connection.isAbsent ? 'engine not running' : 'not connected'}`
    : `${instance}: connecting ...`;
}

function engineSpans({ connection, nowMs }: State, { version, pid, startedAt }: EngineStatus): Span[] {
  if (connection.kind !== 'live') return [span('engine not responding', 'bad')];
  const uptime = coarseDuration(nowMs - Date.parse(startedAt));
  return [span(`engine ${version}  pid ${pid}  up ${uptime}`, 'muted')];
}

function hostLine(state: State, host: HostFacts, scene: Scene): string {
  return lineWithExtras(scene, hostSpans(state, host, scene), [
    ...(scene.columns >= TOTALS_FROM_COLUMNS ? [totalSpan(state.rows)] : []),
    ...hostExtras(host),
  ]);
}

function hostSpans({ hostTrend }: State, host: HostFacts, scene: Scene): Span[] {
  const { glyphs, columns } = scene;
  const cpu = host.cpuPercent;
  return [
    span(columns >= TOTALS_FROM_COLUMNS ? ' Host CPU ' : ' CPU '),
    span(bar(glyphs, cpu === null ? null : cpu / 100, BAR_WIDTH), toneOfPercent(cpu)),
    span(`${percent(cpu)} `),
    span(
      sparkline(glyphs, hostTrend, columns >= WIDE_FROM_COLUMNS ? TREND_WIDTH.wide : TREND_WIDTH.narrow, 100),
      'info',
    ),
    span('  Mem '),
    ...memorySpans(host, scene),
  ];
}

/** Returns what all programs use together. */
function totalSpan(rows: State['rows']): Span {
  if (rows.length === 0) return span('');
  const sum = (valueOf: (row: State['rows'][number]) => number | null): number =>
    rows.reduce((total, row) => total + (valueOf(row) ?? 0), 0);
  const memory = sum(({ memoryMb }) => memoryMb);
  const size = memory >= 10_000 ? `${gigabytes(memory)} GB` : `${memory.toFixed()} MB`;
  const count = sum(({ processes }) => processes);
  const cpu = sum(({ cpuPercent }) => cpuPercent).toFixed();
  return span(`  Programs ${cpu}% CPU, ${size}, ${String(count)} ${count === 1 ? 'process' : 'processes'}`);
}

/** Returns facts that are shown if there is room. */
function hostExtras(host: HostFacts): Span[] {
  return [
    span(host.load === null ? '' : `  load ${host.load.map((value) => value.toFixed(2)).join(' ')}`, 'muted'),
    span(host.diskUsedPercent === null ? '' : `  disk ${Math.round(host.diskUsedPercent)}%`, 'muted'),
    span(`  ${host.cores} cores`, 'muted'),
  ];
}

function memorySpans({ memoryUsedMb: used, memoryTotalMb: total }: HostFacts, { glyphs }: Scene): Span[] {
  if (used === null || total === null) return [span(bar(glyphs, null, BAR_WIDTH))];
  const share = used / total;
  return [
    span(bar(glyphs, share, BAR_WIDTH), toneOfPercent(share * 100)),
    span(` ${gigabytes(used)} of ${gigabytes(total)} GB`),
  ];
}

function percent(value: number | null): string {
  return value === null ? '    -' : `${String(Math.round(value)).padStart(4)}%`;
}

function toneOfPercent(value: number | null): Span['tone'] {
  return value !== null && value >= HIGH_USE_PERCENT ? 'bad' : 'good';
}

function countSpans({ counts, health, healing }: EngineStatus): Span[] {
  const mode = healing.mode;
  const total = counts['total'] ?? 0;
  const states = PROCESS_STATES.flatMap((state) => {
    const count = counts[state] ?? 0;
    return count === 0 ? [] : [span('  '), span(`${count} ${stateWord({ state, healing: mode })}`, toneOfState(state))];
  });
  const unhealthy = health.unhealthy === 0 ? [] : [span('  '), span(`${health.unhealthy} unhealthy`, 'bad')];
  return [span(`${total} ${total === 1 ? 'program' : 'programs'}`, 'strong'), ...states, ...unhealthy];
}

/** Returns the number of programs that need attention, with the key that shows only them. */
function attentionSpans(state: State, { glyphs }: Scene): Span[] {
  const count = selectUrgentCount(state);
  if (count === 0) return [];
  const verb = count === 1 ? 'needs' : 'need';
  return [span('  '), span(`${glyphs.warning} ${String(count)} ${verb} attention (!)`, 'bad')];
}

/** Returns whether faults are healed, if that is restricted for some programs. */
function healingSpans({ healing, counts }: EngineStatus): Span[] {
  const { mode, held } = healing;
  // An engine of an earlier version does not count programs in observe mode.
  const observed = (healing as Partial<EngineStatus['healing']>).observed ?? 0;
  const isAllObserved = mode === 'observed' || (observed > 0 && observed === counts['total']);
  const words = [
    mode === 'held' ? 'healing paused' : isAllObserved ? 'observe mode' : observed === 0 ? '' : `${observed} observed`,
    held === 0 || mode === 'held' ? '' : `${held} held`,
  ].filter((word) => word !== '');
  return words.length === 0 ? [] : [span('  '), span(words.join(', '), 'bad')];
}

function alertSpans({ degraded, alerts }: EngineStatus): Span[] {
  const problems = [...degraded, ...(alerts.problem === null ? [] : [alertProblem(alerts)])];
  const [first] = problems;
  if (first === undefined) return [span(lastAlert(alerts), 'muted')];
  return [span(problems.length === 1 ? `! ${first}` : `! ${problems.length} problems: ${first}`, 'bad')];
}

function alertProblem({ waiting, problem, failingSince }: AlertsStatus): string {
  const since = failingSince === null ? '' : ` since ${timeOfDay(failingSince)}`;
  return `${waiting} ${waiting === 1 ? 'alert' : 'alerts'} waiting${since}: ${problem ?? ''}`;
}

function lastAlert({ lastSentAt, waiting, channels }: AlertsStatus): string {
  if (waiting > 0) return `sending ${waiting} ${waiting === 1 ? 'alert' : 'alerts'}`;
  if (lastSentAt === null) return channels.length === 0 ? '' : 'no alerts';
  return `last alert ${timeOfDay(lastSentAt)}`;
}
