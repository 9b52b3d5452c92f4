import type { ProgramDraft } from '../draft/program-draft.ts';
import { parseSpan } from '../draft/span.ts';
import type { UnitValue } from './unit-file.ts';

/** By default, systemd waits 0.1 s before a restart, and gives up after five starts within 10 s. */
const RESTART_MS = 100;
const BURST = 5;
const INTERVAL_MS = 10_000;

/** Converts the restart policy of a section `[Service]`. By default, a unit is not restarted. */
export function convertRestart(
  values: readonly UnitValue[],
  draft: ProgramDraft,
  placeOf: (line: number) => string,
): void {
  const last = (name: string): UnitValue | undefined => values.findLast(({ key }) => key === name);
  const policy = last('Restart');
  convertPolicy(policy, draft, placeOf);
  if (draft.spec.restart?.policy === 'never') return;
  const delay = spanOf(last('RestartSec')) ?? RESTART_MS;
  draft.extend('restart', { backoffMs: [delay], jitter: 0 });
  const burst = Number(last('StartLimitBurst')?.text ?? BURST);
  const interval = spanOf(last('StartLimitIntervalSec') ?? last('StartLimitInterval')) ?? INTERVAL_MS;
  // With longer delays, the limit is never reached.
  const isReached = interval > 0 && burst > 0 && delay * burst < interval;
  if (isReached) draft.extend('restart', { maxAttempts: burst, resetAfterMs: interval });
}

function convertPolicy(policy: UnitValue | undefined, draft: ProgramDraft, placeOf: (line: number) => string): void {
  if (policy === undefined) {
    draft.extend('restart', { policy: 'never' });
    return;
  }
  switch (policy.text) {
    case 'always':
      draft.extend('restart', { policy: 'always' });
      return;
    case 'on-failure':
    case 'on-abnormal':
    case 'on-abort':
    case 'on-watchdog':
      draft.extend('restart', { policy: 'on-failure' });
      if (policy.text !== 'on-failure')
        draft.lose(
          placeOf(policy.line),
          `Restart=${policy.text}: healer also restarts it after an exit code other than 0`,
        );
      return;
    case 'on-success':
      draft.extend('restart', { policy: 'never' });
      draft.lose(placeOf(policy.line), 'Restart=on-success: has no equivalent; the program is not restarted');
      return;
    case 'no':
      draft.extend('restart', { policy: 'never' });
      return;
    default:
      draft.extend('restart', { policy: 'never' });
      draft.lose(placeOf(policy.line), `Restart: "${policy.text}" is not a known policy`);
  }
}

function spanOf(value: UnitValue | undefined): number | null {
  return value === undefined ? null : parseSpan(value.text, 's');
}
