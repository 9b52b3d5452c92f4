import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { formatMb } from '../../base/size.ts';
import { cooldownProgress } from '../../client/attach/cooldown-progress.ts';
import { presentReason, stateWord } from '../../client/attach/present-reason.ts';
import { statesIn } from '../../protocol/process-phase.ts';
import type { ProcessStateName } from '../../protocol/process-state.ts';
import { isExact, MEASURE_NAMES } from '../../protocol/memory-measure.ts';
import type { Limits, ProcessRow } from '../../protocol/snapshot.ts';
import { paintHealth } from './check-text.ts';
import { type Column, layoutTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const NONE = '-';

/** The states that need an explanation: all in which the program does not simply run. */
const EXPLAINED: ReadonlySet<ProcessStateName> = new Set(statesIn('paused', 'stopping', 'pending', 'idle', 'disabled'));

const NO_PROGRAMS =
  'No programs yet. Add one with "healer add web -- node server.js", ' +
  'or write them into a healer.yaml ("healer init" creates one) and run "healer up".';

/** Prints the list of programs as a table, or how to add the first one. */
export function printProcessTable(terminal: Terminal, rows: readonly ProcessRow[]): void {
  for (const line of processTable(terminal, rows)) terminal.print(line);
}

/** Returns the table of `healer ls`, cut to the width of the terminal. */
export function processTable(terminal: Terminal, rows: readonly ProcessRow[]): readonly string[] {
  if (rows.length === 0) return [NO_PROGRAMS];
  const { columns, ellipsis, style } = terminal;
  const table = layoutTable(processColumns(terminal, rows), rows, { columns, ellipsis, paintTitle: style.faint });
  const overrides = rows.flatMap(({ id, overridden = [] }) =>
    overridden.length === 0 ? [] : [`${id} (${overridden.map(sanitizeText).join(', ')})`],
  );
  return overrides.length === 0
    ? table
    : [...table, style.faint(`Changed by command, not as in the file: ${overrides.join(', ')}`)];
}

function processColumns({ style }: Terminal, rows: readonly ProcessRow[]): Column<ProcessRow>[] {
  const health: Column<ProcessRow> = {
    title: 'HEALTH',
    cell: (row) => (row.health === 'unknown' ? NONE : row.health),
    dropOrder: 1,
    paint: (row, cell) => paintHealth(style, row.health, cell),
  };
  const areSomeChecked = rows.some((row) => row.health !== 'unknown');
  return [
    { title: 'ID', cell: (row) => row.id, dropOrder: 0, minWidth: 16, paint: (_row, cell) => style.strong(cell) },
    { title: 'STATE', cell: stateOf, dropOrder: 0, paint: (row, cell) => style.state(row.state, cell) },
    ...(areSomeChecked ? [health] : []),
    { title: 'PID', cell: (row) => orNone(row.pid, String), align: 'right', dropOrder: 2 },
    { title: 'CPU %', cell: (row) => orNone(row.cpuPercent, (cpu) => cpu.toFixed(1)), align: 'right', dropOrder: 3 },
    { title: 'MEMORY', cell: memoryOf, align: 'right', dropOrder: 4 },
    { title: 'LIMITS', cell: (row) => formatLimits(row.limits), dropOrder: 8 },
    { title: 'RESTARTS', cell: (row) => String(row.restarts), align: 'right', dropOrder: 5 },
    { title: 'COOLDOWN', cell: cooldownOf, align: 'right', dropOrder: 6 },
    { title: 'UPTIME', cell: (row) => orNone(row.uptimeMs, formatDuration), align: 'right', dropOrder: 7 },
    { title: 'WHY', cell: whyOf, dropOrder: 1, minWidth: 16, paint: (_row, cell) => style.warning(cell) },
  ];
}

function orNone<T>(value: T | null, format: (value: T) => string): string {
  return value === null ? NONE : format(value);
}

/** Returns the restarts that count towards a cooldown, or the time left of one. */
function cooldownOf(row: ProcessRow): string {
  const progress = cooldownProgress(row, Date.now());
  if (progress === null) return NONE;
  if (progress.is === 'counting') return `${progress.restarts} of ${progress.limit}`;
  return progress.leftMs === 0 ? 'due' : `${formatDuration(progress.leftMs)} left`;
}

/** Returns the memory of a program, and how it was measured unless that is the sum of resident memory. */
function memoryOf({ memoryMb, memoryMeasure }: Pick<ProcessRow, 'memoryMb' | 'memoryMeasure'>): string {
  if (memoryMb === null) return NONE;
  return isExact(memoryMeasure) ? `${formatMb(memoryMb)} ${MEASURE_NAMES[memoryMeasure]}` : formatMb(memoryMb);
}

/** Returns limits as text, or "-" without any. */
export function formatLimits({ cpuPercent, memoryMb }: Limits): string {
  const parts = [cpuPercent === null ? null : `${cpuPercent} %`, memoryMb === null ? null : formatMb(memoryMb)];
  return parts.filter((part) => part !== null).join(', ') || NONE;
}

/** Returns the state, and whether healing is restricted. */
function stateOf(row: ProcessRow): string {
  return row.healing === 'on' ? row.state : `${stateWord(row)} (${row.healing})`;
}

function whyOf(row: ProcessRow): string {
  return EXPLAINED.has(row.state) || row.health === 'unhealthy' ? sanitizeText(presentReason(row, Date.now())) : '';
}
