import type { ProgramDraft } from '../draft/program-draft.ts';
import type { App } from './ecosystem-app.ts';
import { textOf } from '../draft/text-of.ts';

const BACKOFF_FACTOR = 1.5;
const MAX_DELAY_MS = 15_000;
/** The uptime after which PM2 considers a start successful. */
const MIN_UPTIME_MS = 1000;
const UNIT_MS: Readonly<Record<string, number>> = { '': 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Converts the restart policy and delays. By default PM2 restarts a program after every exit, including exit code 0. */
export function convertRestart(app: App, place: string, draft: ProgramDraft): void {
  const codes = readCodes(app['stop_exit_codes']);
  if (textOf(app['autorestart']) === 'false') draft.extend('restart', { policy: 'never' });
  else if (codes.length > 0) draft.extend('restart', { policy: 'on-failure', successExitCodes: codes });
  else draft.extend('restart', { policy: 'always' });
  convertDelays(app, draft);
  convertAttempts(app, place, draft);
}

function convertDelays(app: App, draft: ProgramDraft): void {
  const growing = Number(textOf(app['exp_backoff_restart_delay']));
  const fixed = Number(textOf(app['restart_delay']));
  if (growing > 0) draft.extend('restart', { backoffMs: growingDelays(growing) });
  else if (fixed > 0) draft.extend('restart', { backoffMs: [fixed] });
}

function growingDelays(firstMs: number): number[] {
  const delays = [Math.round(firstMs)];
  for (let delay = firstMs * BACKOFF_FACTOR; delay < MAX_DELAY_MS; delay *= BACKOFF_FACTOR)
    delays.push(Math.floor(delay));
  return firstMs < MAX_DELAY_MS ? [...delays, MAX_DELAY_MS] : delays;
}

function convertAttempts(app: App, place: string, draft: ProgramDraft): void {
  const attempts = app['max_restarts'];
  const written = app['min_uptime'];
  const minUptimeMs = written === undefined ? MIN_UPTIME_MS : parseTime(written);
  if (minUptimeMs === null) draft.lose(`${place}.min_uptime`, `"${textOf(written)}" is not a duration`);
  if (written !== undefined || attempts !== undefined) {
    draft.extend('restart', { resetAfterMs: minUptimeMs ?? MIN_UPTIME_MS });
  }
  if (attempts === undefined) return;
  const maxAttempts = Number(textOf(attempts));
  if (Number.isInteger(maxAttempts) && maxAttempts > 0) draft.extend('restart', { maxAttempts });
  else draft.lose(`${place}.max_restarts`, `"${textOf(attempts)}" is not a number of attempts; attempts are unlimited`);
}

function parseTime(value: unknown): number | null {
  const [, digits, unit = ''] = /^(\d+)([hms]?)$/.exec(textOf(value)) ?? [];
  const factor = UNIT_MS[unit];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}

function readCodes(value: unknown): number[] {
  const listed: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return listed
    .map((code) => Number(textOf(code)))
    .filter((code) => Number.isInteger(code) && code >= 0 && code <= 255);
}
