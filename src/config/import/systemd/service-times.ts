import type { ProgramDraft } from '../draft/program-draft.ts';
import { parseSpan } from '../draft/span.ts';
import type { UnitValue } from './unit-file.ts';

/** The longest timer. */
const LONGEST_MS = 2_147_483_647;
/** systemd's default for starts and stops. */
const USUAL_MS = 90_000;
/** The shortest watchdog. */
const LEAST_WATCHDOG_MS = 10;

/** Returns the type of a service, which is `simple` by default. */
export function typeOf(values: readonly UnitValue[]): string {
  return lastOf(values, 'Type')?.text ?? 'simple';
}

/** Returns the time that a start may take, in ms. */
export function startTimeoutOf(values: readonly UnitValue[]): number {
  const written = lastOf(values, 'TimeoutStartSec', 'TimeoutSec');
  const usual = typeOf(values) === 'oneshot' ? LONGEST_MS : USUAL_MS;
  return written === undefined ? usual : (timeOf(written.text) ?? usual);
}

/** Returns the time that a stop may take, in ms. */
export function stopTimeoutOf(values: readonly UnitValue[]): number {
  const written = lastOf(values, 'TimeoutStopSec', 'TimeoutSec');
  return written === undefined ? USUAL_MS : (timeOf(written.text) ?? USUAL_MS);
}

/** Converts the pid file, which only a program that moves itself to the background has. */
export function convertPidFile(
  values: readonly UnitValue[],
  draft: ProgramDraft,
  placeOf: (line: number) => string,
): void {
  const written = lastOf(values, 'PIDFile');
  if (written === undefined) return;
  const { text, line } = written;
  if (typeOf(values) === 'forking')
    draft.set({ type: 'forking', pidFile: text.startsWith('/') ? text : `/run/${text}` });
  else draft.note('detail', placeOf(line), 'PIDFile: concerns only Type=forking');
}

/** Converts the times of a start, a run and the watchdog, once the restart policy is known. */
export function convertTimes(
  values: readonly UnitValue[],
  draft: ProgramDraft,
  placeOf: (line: number) => string,
): void {
  if (typeOf(values).startsWith('notify')) {
    const isRestarted = draft.spec.restart?.policy !== 'never';
    const timeoutMs = startTimeoutOf(values);
    draft.set({ ready: { notify: true, timeoutMs, ...(!isRestarted && { failAction: 'fail' }) } });
  }
  convertStartTimeout(values, draft, placeOf);
  convertRunTime(values, draft, placeOf);
  convertWatchdog(values, draft, placeOf);
}

/** A start of a one-shot service is its whole run. */
function convertStartTimeout(
  values: readonly UnitValue[],
  draft: ProgramDraft,
  placeOf: (line: number) => string,
): void {
  const written = lastOf(values, 'TimeoutStartSec', 'TimeoutSec');
  if (written === undefined || isEndless(written.text) || typeOf(values).startsWith('notify')) return;
  const maxRuntimeMs = timeOf(written.text);
  if (maxRuntimeMs === null) {
    if (written.key === 'TimeoutStartSec')
      draft.lose(placeOf(written.line), `TimeoutStartSec: "${written.text}" is not a duration`);
  } else if (typeOf(values) === 'oneshot') draft.set({ maxRuntimeMs });
  else if (written.key === 'TimeoutStartSec' && ['forking', 'dbus'].includes(typeOf(values)))
    draft.note('minor', placeOf(written.line), 'TimeoutStartSec has no equivalent');
}

function convertRunTime(values: readonly UnitValue[], draft: ProgramDraft, placeOf: (line: number) => string): void {
  const written = lastOf(values, 'RuntimeMaxSec');
  if (written === undefined || isEndless(written.text)) return;
  const place = placeOf(written.line);
  const maxRuntimeMs = timeOf(written.text);
  if (maxRuntimeMs === null) draft.lose(place, `RuntimeMaxSec: "${written.text}" is not a duration`);
  else if (typeOf(values) === 'oneshot')
    draft.note('detail', place, 'RuntimeMaxSec: systemd does not apply it to one-shot services');
  else draft.set({ maxRuntimeMs });
}

function convertWatchdog(values: readonly UnitValue[], draft: ProgramDraft, placeOf: (line: number) => string): void {
  const written = lastOf(values, 'WatchdogSec');
  if (written === undefined || isEndless(written.text)) return;
  const place = placeOf(written.line);
  const watchdogMs = timeOf(written.text);
  if (watchdogMs === null) draft.lose(place, `WatchdogSec: "${written.text}" is not a duration`);
  else if (watchdogMs < LEAST_WATCHDOG_MS) draft.lose(place, `WatchdogSec: "${written.text}" is shorter than 10 ms`);
  else {
    draft.set({ watchdogMs });
    if (draft.spec.restart?.policy === 'never')
      draft.lose(place, 'WatchdogSec: healer restarts a program that misses it, although the unit is not restarted');
  }
}

function lastOf(values: readonly UnitValue[], ...keys: readonly string[]): UnitValue | undefined {
  return values.findLast(({ key }) => keys.includes(key));
}

function isEndless(text: string): boolean {
  return text === 'infinity' || /^0+\s*[a-z]*$/.test(text);
}

/** Returns a time in ms, at most the longest timer; null if it is not a duration. */
function timeOf(text: string): number | null {
  if (isEndless(text)) return LONGEST_MS;
  const ms = parseSpan(text, 's');
  return ms === null ? null : Math.min(Math.max(1, ms), LONGEST_MS);
}
