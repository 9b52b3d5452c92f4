import type { EngineEvent } from '../../protocol/engine-event.ts';
import { isBadNews } from '../store/messages.ts';
import type { State } from '../store/state.ts';
import { timeOfDay } from './figures.ts';
import { fillHeight, line } from './line.ts';
import { fitText } from './narrow-text.ts';
import { type Scene, span } from './scene.ts';

const KIND_WIDTH = 18;

/** What was decided and why, the newest last. */
export function eventLines({ events: { events, offset } }: State, scene: Scene): readonly string[] {
  const who = scene.columns >= 100 ? 24 : 14;
  const heading = ` ${'Time'.padEnd(8)} ${'Kind'.padEnd(KIND_WIDTH)} ${'Process'.padEnd(who)} Reason`;
  const end = events.length - offset;
  const shown = events.slice(Math.max(0, end - (scene.height - 1)), end);
  const below = offset === 0 ? '' : `   (${offset} newer below)`;
  const lines = shown.map((event) => eventLine(event, who, scene));
  if (lines.length === 0) lines.push('', line(scene, [span('  nothing has happened yet', 'muted')]));
  return fillHeight(scene, [line(scene, [span(heading, 'strong'), span(below, 'muted')]), ...lines]);
}

function eventLine(event: EngineEvent, who: number, scene: Scene): string {
  const { ellipsis } = scene.glyphs;
  return line(scene, [
    span(` ${timeOfDay(event.time)} `, 'muted'),
    span(`${fitText(event.kind, KIND_WIDTH, ellipsis)} `, isBadNews(event.kind) ? 'bad' : 'info'),
    span(`${fitText(event.process ?? 'engine', who, ellipsis)} `),
    span(event.reason),
  ]);
}
