import { sanitizeText } from '../../base/sanitize-text.ts';
import type { EngineEvent, EventKind } from '../../protocol/engine-event.ts';
import { formatTime } from './facts.ts';
import type { Style } from './style.ts';

const BAD: ReadonlySet<EventKind> = new Set([
  'crashed',
  'spawn-failed',
  'terminate-failed',
  'failed',
  'killed',
  'limit-cpu',
  'limit-memory',
  'cooldown-started',
  'config-invalid',
  'engine-degraded',
  'file-corrupt',
  'log-gap',
]);

/** The longest kinds in use are about this long; a longer one only shifts its own line. */
const KIND_COLUMNS = 17;

/** One event as one line for people. */
export function formatEvent(event: EngineEvent, style: Style): string {
  const kind = event.kind.padEnd(KIND_COLUMNS);
  const who = event.process === null ? 'engine' : sanitizeText(event.process);
  const pid = event.pid === null ? '' : ` (pid ${event.pid})`;
  const painted = BAD.has(event.kind) ? style.bad(kind) : kind;
  return `${style.faint(formatTime(event.time))}  ${painted}  ${style.strong(who)}${pid}: ${sanitizeText(event.reason)}`;
}
