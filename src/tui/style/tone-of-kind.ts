import { type EventKind, type EventMeaning, meaningOf } from '../../protocol/event-kinds.ts';
import type { Tone } from './theme.ts';

const TONES: Readonly<Record<NonNullable<EventMeaning['tone']>, Tone>> = { bad: 'bad', warning: 'busy' };

/** What happens when everything works again. */
const GOOD_ENDS: ReadonlySet<EventKind> = new Set<EventKind>([
  'running',
  'healthy',
  'adopted',
  'cooldown-ended',
  'partner-started',
  'released',
]);

/** Returns the tone in which tables show a kind of event. */
export function toneOfKind(kind: EventKind): Tone {
  const { tone } = meaningOf(kind);
  if (tone !== undefined) return TONES[tone];
  return GOOD_ENDS.has(kind) ? 'good' : 'info';
}
