import { join } from 'node:path';
import { schedulingSchema } from '../../../protocol/spec/scheduling-spec.ts';
import { folderOf } from '../draft/folder-of.ts';
import type { ProgramDraft } from '../draft/program-draft.ts';
import { parseSpan } from '../draft/span.ts';
import { readTextFile } from '../draft/text-file.ts';
import { cronOfCalendar } from './calendar.ts';
import { parseUnitFile, type UnitValue } from './unit-file.ts';

/** Converts the timer next to a unit that has the same name. */
export function convertTimer(file: string, unit: string, service: readonly UnitValue[], draft: ProgramDraft): void {
  const name = unit.replace(/\.service$/, '.timer');
  const timer = readTextFile(join(folderOf(file), name));
  const isJob = service.some(({ key, text }) => key === 'Type' && text === 'oneshot');
  if (timer === null) return;
  const values = parseUnitFile(timer).sections.get('Timer') ?? [];
  const calendars = values.filter(({ key }) => key === 'OnCalendar');
  const [first, ...others] = calendars;
  const { calendar, timeZone } = withoutZone(first?.text ?? '');
  const cron = first === undefined ? null : cronOfCalendar(calendar);
  draft.set({ autostart: false, ...(cron !== null && { schedule: cron }) });
  if (isJob) draft.extend('restart', { policy: 'never' });
  const delay = values.findLast(({ key }) => key === 'RandomizedDelaySec');
  const jitterMs = delay === undefined ? 0 : parseSpan(delay.text, 's');
  if (cron !== null) setScheduling(values, { timeZone, jitterMs: jitterMs ?? 0 }, draft);
  const lost = cron === null ? values : [...others, ...(jitterMs === null && delay !== undefined ? [delay] : [])];
  for (const { key, text, line } of lost) {
    if (NOT_TIMES.has(key)) continue;
    draft.lose(`${name}:${String(line)}`, `${key}=${text}: cannot be expressed as a cron expression; set "schedule"`);
  }
}

const NOT_TIMES = new Set(['Unit', 'Persistent', 'AccuracySec', 'WakeSystem', 'RemainAfterElapse', 'OnClockChange']);

interface Times {
  readonly timeZone: string | null;
  readonly jitterMs: number;
}

function setScheduling(values: readonly UnitValue[], { timeZone, jitterMs }: Times, draft: ProgramDraft): void {
  const persistent = values.findLast(({ key }) => key === 'Persistent')?.text ?? 'no';
  const scheduling = {
    ...(timeZone !== null && { timeZone }),
    ...(jitterMs > 0 && { jitterMs }),
    ...(/^(?:yes|true|on|1)$/i.test(persistent) && { catchUp: true }),
  };
  if (Object.keys(scheduling).length > 0) draft.set({ scheduling });
}

/** The last word of a calendar may be a time zone. */
function withoutZone(written: string): { readonly calendar: string; readonly timeZone: string | null } {
  const [, calendar = '', zone = ''] = /^([^]*\S)\s+([A-Za-z][\w+/-]*)$/.exec(written.trim()) ?? [];
  const isZone = zone !== '' && schedulingSchema.safeParse({ timeZone: zone }).success;
  return isZone ? { calendar, timeZone: zone } : { calendar: written, timeZone: null };
}
