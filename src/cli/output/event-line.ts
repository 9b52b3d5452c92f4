import { sanitizeText } from '../../base/sanitize-text.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { meaningOf } from '../../protocol/event-kinds.ts';
import { formatTime } from './labeled-values.ts';
import type { Style } from './style.ts';

/** Fits most kinds of events; a longer one shifts only its own line. */
const KIND_COLUMNS = 17;

/** Returns an event as one line of text. */
export function formatEvent(event: EngineEvent, style: Style): string {
  const kind = event.kind.padEnd(KIND_COLUMNS);
  const who = event.process === null ? 'engine' : sanitizeText(event.process);
  const pid = event.pid === null ? '' : ` (pid ${event.pid})`;
  const { tone } = meaningOf(event.kind);
  const painted = tone === undefined ? kind : style[tone](kind);
  return `${style.faint(formatTime(event.time))}  ${painted}  ${style.strong(who)}${pid}: ${sanitizeText(event.reason)}`;
}
