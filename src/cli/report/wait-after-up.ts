import { sanitizeText } from '../../base/sanitize-text.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { phaseOf } from '../../protocol/process-phase.ts';
import type { ProcessRow, SnapshotRow } from '../../protocol/snapshot.ts';
import { type Context, targetOf } from '../command/context.ts';
import { type Outcome, outcomeJson } from '../output/outcomes.ts';
import { ProgramWait } from './program-wait.ts';
import { type Progress, progressTo } from './wait-goals.ts';

/** Like a program that does not become ready in time. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** The exit code of shells for a program that was terminated by Ctrl-C. */
const INTERRUPTED = 130;

/** The programs that `healer up --wait` waited for. */
export interface WaitedFor {
  readonly exitCode: number;
  /** The outcomes in the form that `--json` prints. */
  readonly outcomes: readonly object[];
}

/**
 * Waits until programs work: until they are ready, and healthy if they have a health check. A job that has finished counts too.
 * Programs that nothing starts are left out.
 */
export async function waitForStarted(
  context: Context,
  isMeant: (row: ProcessRow) => boolean,
  timeoutMs: number | undefined,
): Promise<WaitedFor> {
  const { createClientOf } = await import('../../client/attach/reconnecting-client.ts');
  const client = createClientOf(await targetOf(context));
  try {
    await client.waitForConnection();
    const rows = (await listAll(client.api)).filter((row) => isMeant(row) && isStarted(row));
    const checked = await checkedOnes(client, rows);
    const wait = new ProgramWait(context, client, {
      goal: 'ready',
      timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
      judge: (first, row) => progressOf(checked.has(first.id), first, row),
      showsProgress: true,
    });
    const isInterrupted = await wait.end(rows);
    context.terminal.progress(null);
    return isInterrupted ? { exitCode: INTERRUPTED, outcomes: [] } : conclude(wait.outcomes);
  } finally {
    client.close();
  }
}

/** A program that was disabled, stopped, or has autostart: false, is not started by `healer up`. */
function isStarted({ state }: SnapshotRow): boolean {
  return phaseOf(state) !== 'disabled' && state !== 'stopped';
}

async function checkedOnes({ api }: ReconnectingClient, rows: readonly ProcessRow[]): Promise<ReadonlySet<string>> {
  const details = await Promise.all(rows.map(({ id }) => api.describe({ id })));
  return new Set(details.filter(({ spec }) => spec.health !== null).map(({ spec }) => spec.id));
}

/** A job is done once it has exited with 0. A cooldown lasts longer than a command should wait. */
function progressOf(isChecked: boolean, first: SnapshotRow, row: SnapshotRow | undefined): Progress {
  if (row?.state === 'exited' && row.lastExit?.code === 0) return { kind: 'reached', how: 'has finished' };
  if (row?.state === 'cooldown')
    return { kind: 'out-of-reach', why: `is not ready: it is in cooldown: ${sanitizeText(row.why)}` };
  return progressTo(isChecked ? 'healthy' : 'ready', first, row);
}

function conclude(outcomes: readonly Outcome<unknown>[]): WaitedFor {
  const failure = outcomes.find((outcome) => !outcome.ok);
  const exitCode = failure === undefined ? 0 : 1;
  return { exitCode, outcomes: outcomes.map(outcomeJson) };
}
