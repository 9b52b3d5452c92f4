import type { EngineEvent } from '../../protocol/engine-event.ts';
import { ALL_EVENT_KINDS } from '../../protocol/event-kinds.ts';
import { selectEvents } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import { dataText } from '../text/data-text.ts';
import { timeOfDay } from '../text/figures.ts';
import { fitText } from '../text/narrow-text.ts';
import { type RecordTable, rowOf } from './record-table.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { toneOfKind } from '../style/tone-of-kind.ts';

/** The width of the longest event kind. */
const KIND_WIDTH = Math.max(...ALL_EVENT_KINDS.map((kind) => kind.length));

/** Describes the list of events with their reasons, the newest last. */
export function eventTable(state: State, { columns, glyphs }: Scene): RecordTable {
  const events = selectEvents(state);
  const who = columns >= 100 ? 24 : columns >= 60 ? 14 : 8;
  const kind = columns >= 100 ? KIND_WIDTH : columns >= 60 ? 18 : 11;
  const time = columns >= 60 ? 8 : 5;
  const { isFollowing, selectedIndex } = state.records.events;
  const below = events.length - 1 - selectedIndex;
  const note = isFollowing ? 'following' : below > 0 ? `${below} newer, f: follow` : 'f: follow';
  const row = (event: EngineEvent): Span[] => [
    span(`${timeOfDay(event.time).slice(0, time)} `, 'muted'),
    span(`${fitText(event.kind, kind, glyphs.ellipsis)} `, toneOfKind(event.kind)),
    span(`${fitText(event.process ?? 'engine', who, glyphs.ellipsis)} `),
    span(event.reason),
  ];
  return {
    heading: [span(` ${'Time'.padEnd(time)} ${'Kind'.padEnd(kind)} ${'Process'.padEnd(who)} Reason`, 'strong')],
    note: `   (${note})`,
    count: events.length,
    row: (index) => rowOf(events, index, row),
    detail: (index) => detailOf(events[index]),
    empty: state.status === null ? 'not connected to the engine yet' : 'no events yet',
  };
}

function detailOf(event: EngineEvent | undefined): ReturnType<RecordTable['detail']> {
  if (event === undefined) return { title: '', text: '' };
  const pid = event.pid === null ? '' : `, pid ${event.pid}`;
  const title = `${new Date(event.time).toLocaleString('sv')}  ${event.kind}  ${event.process ?? 'engine'}${pid}`;
  return { title, text: [event.reason, dataText(event.data)].filter((part) => part !== '').join('  |  ') };
}
