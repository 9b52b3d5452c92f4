import { sanitizeText } from '../../base/sanitize-text.ts';
import { isInstanceOf } from '../../base/instance-id.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import { statesIn } from '../../protocol/process-phase.ts';
import type { ProcessStateName } from '../../protocol/process-state.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import { withInstance } from '../command/with-instance.ts';
import type { Terminal } from '../output/terminal.ts';

/** States in which a program does not run, and is not about to. */
const IDLE: ReadonlySet<ProcessStateName> = new Set(statesIn('idle', 'disabled'));

/**
 * Prints the effect of a change of definitions, one line for each kind of change.
 * @param rows the programs of the engine; null if no engine is running
 */
export function printDefinitionResult(
  terminal: Terminal,
  result: DefinitionResult,
  rows: readonly ProcessRow[] | null,
): void {
  const { id, added, removed, restarted, changed } = result;
  for (const name of added) terminal.print(`added "${name}"${stateOf(rows?.find((row) => row.id === name))}`);
  if (removed.length > 0) terminal.print(`removed ${list(removed)}`);
  const isIdle = (name: string): boolean => IDLE.has(rows?.find((row) => row.id === name)?.state ?? 'running');
  const idle = rows === null ? [] : restarted.filter(isIdle);
  const live = restarted.filter((name) => !idle.includes(name));
  if (live.length > 0) terminal.print(`changed and restarted ${list(live)}`);
  if (idle.length > 0)
    terminal.print(`changed ${list(idle)}; not running, so the change takes effect at the next start`);
  if (changed.length > 0) terminal.print(`changed ${list(changed)}${result.applied ? ' in place' : ''}`);
  const count = added.length + removed.length + restarted.length + changed.length;
  if (count > 0) return;
  const isThere = rows === null || rows.some((row) => row.id === id || isInstanceOf(row.id, id));
  terminal.print(
    isThere
      ? `nothing to change: "${id}" already has these settings`
      : `saved for later: "${id}" has no instances, or its definition has errors (see "healer config check")`,
  );
}

/**
 * Prints an error for each program that a change started but that cannot be started, such as for a missing executable. Returns the
 * exit code.
 */
export function reportFailedStarts(
  terminal: Terminal,
  { added, restarted }: Pick<DefinitionResult, 'added' | 'restarted'>,
  rows: readonly ProcessRow[] | null,
): number {
  const failed = (rows ?? []).filter((row) => [...added, ...restarted].includes(row.id) && isWithoutStart(row));
  for (const { id, why } of failed)
    terminal.note(`"${id}" cannot start: ${sanitizeText(why)} — correct it with "healer update ${id}"`);
  return failed.length === 0 ? 0 : 1;
}

/** Whether a program has no process because its start failed: it has not exited either. */
function isWithoutStart({ pid, state, lastExit }: ProcessRow): boolean {
  return pid === null && lastExit === null && (state === 'backoff' || state === 'failed');
}

/** Explains when a change takes effect if no engine is running. */
export function printLater(terminal: Terminal, instance: string): void {
  if (terminal.json) return;
  terminal.print(`The engine is not running: the change takes effect at the next "${withInstance(instance)('up')}".`);
}

function stateOf(row: ProcessRow | undefined): string {
  if (row === undefined) return '';
  if (row.pid !== null) return ` (now ${row.state}, pid ${row.pid})`;
  return ` (now ${row.state}: ${sanitizeText(row.why)})`;
}

function list(ids: readonly string[]): string {
  return ids.map((id) => `"${id}"`).join(', ');
}
