import { type EventKind, type EventMeaning, meaningOf } from '../../protocol/event-kinds.ts';
import type { Tone } from './theme.ts';

const TONES: Readonly<Record<NonNullable<EventMeaning['tone']>, Tone>> = { bad: 'bad', warning: 'busy' };

/** Returns the tone in which tables show a kind of event. */
export function toneOfKind(kind: EventKind): Tone {
  const { tone } = meaningOf(kind);
  return tone === undefined ? 'info' : TONES[tone];
}
