import { constants } from 'node:os';
import { formatDuration } from '../../base/duration.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { hasProcess } from '../../protocol/process-phase.ts';
import type { LastExit } from '../../protocol/process-state.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import { targetOf } from '../command/context.ts';
import type { Terminal } from '../output/terminal.ts';
import type { RunOf } from '../command/command.ts';
import type { OPERATE_COMMANDS } from '../command-groups/operate-commands.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { validateIds } from '../command/process-id.ts';
import { printWarnings } from '../report/warnings.ts';
import { createClientOf, type ReconnectingClient } from '../../client/attach/reconnecting-client.ts';

const SIGNALS: Readonly<Partial<Record<string, number>>> = constants.signals;
const LOOK_MS = 200;
/** After this time, the command says what it waits for. */
const SLOW_MS = 5_000;
/** Shells add this to the number of a signal. */
const SIGNALED = 128;
/** The exit code if that of the program is unknown. */
const UNKNOWN = 1;

/** Starts a job now, waits until it has exited, and returns its exit code. The engine may be restarted meanwhile. */
export const run: RunOf<typeof OPERATE_COMMANDS.run> = async (context, [id = '']) => {
  validateIds([id]);
  const { terminal } = context;
  const client = createClientOf(await targetOf(context));
  try {
    await client.waitForConnection();
    const started = await startJob(client, id).catch(async (error: unknown) => {
      throw await explainFailure(error, { action: 'run', id, api: client.api });
    });
    printWarnings(terminal, [started]);
    const waiting = setTimeout(() => noteWaiting(terminal, id), SLOW_MS);
    const exit = await exitOf(client, id, started.pid).finally(() => clearTimeout(waiting));
    if (terminal.json) terminal.printJson({ id, exit, warnings: started.warnings });
    else terminal.note(sanitizeText(`"${id}" ${describe(exit)}`));
    return codeOf(exit);
  } finally {
    client.close();
  }
};

function noteWaiting(terminal: Terminal, id: string): void {
  if (terminal.json || terminal.quiet) return;
  terminal.note(`waiting for "${id}" to exit; Ctrl-C ends this command, and "healer stop ${id}" the program`);
}

async function startJob({ api }: ReconnectingClient, id: string): Promise<OperationResult> {
  const { spec } = await api.describe({ id });
  if (spec.restart.policy === 'always') {
    const message = `cannot run "${id}" as a job: its restart policy is "always", so it does not end — use "healer start ${id}"`;
    throw new HealerError('INVALID_STATE', message, { id });
  }
  return api.start({ id });
}

/** Resolves with the exit of the run with this pid. */
async function exitOf(client: ReconnectingClient, id: string, started: number | null): Promise<LastExit | null> {
  let pid = started;
  for (;;) {
    const row = await look(client, id);
    if (row === undefined) return null;
    const isOver = row.pid !== pid && pid !== null;
    if (isOver || !isBusy(row)) return row.lastExit;
    pid ??= row.pid;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function isBusy({ state }: ProcessRow): boolean {
  return hasProcess(state) || state === 'waiting';
}

/** Looks again after the engine was restarted. */
async function look(client: ReconnectingClient, id: string): Promise<ProcessRow | undefined> {
  for (;;) {
    try {
      const [row] = await client.api.list({ select: [id], limit: 1 });
      return row;
    } catch (error) {
      const { code } = toHealerError(error);
      if (code === 'PROCESS_NOT_FOUND') return undefined;
      if (client.state.status === 'connected' && code !== 'ENGINE_NOT_RUNNING') throw error;
      await client.waitForConnection().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

function describe(exit: LastExit | null): string {
  if (exit === null) return 'has exited; its exit status is unknown';
  return exit.uptimeMs === null ? exit.reason : `${exit.reason} (ran ${formatDuration(exit.uptimeMs)})`;
}

function codeOf(exit: LastExit | null): number {
  if (exit === null) return UNKNOWN;
  if (exit.signal !== null) return SIGNALED + (SIGNALS[exit.signal] ?? 0);
  return exit.code ?? UNKNOWN;
}
