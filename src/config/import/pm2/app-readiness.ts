import type { ProgramDraft } from '../draft/program-draft.ts';
import { textOf } from '../draft/text-of.ts';
import type { App } from './ecosystem-app.ts';

/** PM2's default for `listen_timeout`. */
const LISTEN_TIMEOUT_MS = 3000;
/** The longest timer. */
const LONGEST_MS = 2_147_483_647;

/** Converts `wait_ready` and `listen_timeout`. PM2 treats a program that is not ready in time as running. */
export function convertReadiness(app: App, place: string, draft: ProgramDraft): void {
  const written = app['listen_timeout'];
  const hasTimeout = written !== undefined && written !== null;
  if (textOf(app['wait_ready']) !== 'true') {
    if (hasTimeout)
      draft.note(
        'minor',
        `${place}.listen_timeout`,
        'no equivalent without wait_ready; startSeconds or "ready" determines when a start has succeeded',
      );
    return;
  }
  const asked = hasTimeout ? Number(textOf(written)) : LISTEN_TIMEOUT_MS;
  const isFit = Number.isInteger(asked) && asked >= 0 && asked <= LONGEST_MS;
  if (!isFit) draft.lose(`${place}.listen_timeout`, `"${textOf(written)}" is not a number of milliseconds`);
  // To PM2, 0 is the default.
  const timeoutMs = isFit && asked > 0 ? asked : LISTEN_TIMEOUT_MS;
  draft.set({ ready: { message: 'ready', timeoutMs, failAction: 'warn' } });
}
