import { runOf } from '../../policy/lifecycle/state.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { OperationRunner } from '../operations/operation-runner.ts';
import { signalDisposition } from '../os/signal-disposition.ts';

const UNLIKE_OTHERS =
  'unlike "pm2 reload" and "supervisorctl reload", a reload only sends a signal and restarts nothing';

/**
 * Reloads a program as its definition says: by a new run, a restart, or its reload signal, unless the program does not handle it.
 * @throws HealerError INVALID_STATE for a signal that would terminate the program or that it ignores, and as `request` does
 */
export function reloadProgram(operations: OperationRunner, id: string): Promise<OperationResult> {
  const { program } = operations.check('reload', id);
  const { signal, strategy } = program.spec.reload;
  if (strategy !== 'signal') {
    const operation = strategy === 'overlap' ? 'reload' : 'restart';
    return operations.request(operation, id, { graceful: true, timeoutMs: null });
  }
  const pid = runOf(program.state)?.pid;
  const disposition = pid === undefined ? null : signalDisposition(pid, signal);
  if (pid !== undefined && (disposition === 'default' || disposition === 'ignored')) {
    const effect =
      disposition === 'ignored'
        ? `it ignores ${signal}, so nothing would change`
        : `it does not handle ${signal}, which would terminate it`;
    const next = `set reload.signal to a signal that its main process (pid ${String(pid)}) handles, or use "healer restart ${id}"`;
    throw new HealerError('INVALID_STATE', `cannot reload "${id}": ${effect} — ${next}; ${UNLIKE_OTHERS}`, {
      id,
      operation: 'reload',
      signal,
      disposition,
    });
  }
  return operations.request('reload', id, { graceful: true, timeoutMs: null });
}
