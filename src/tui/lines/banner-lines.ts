import type { State } from '../state/state.ts';
import { type Scene, span } from '../style/scene.ts';
import { timeOfDay } from '../text/figures.ts';
import { line } from '../text/line.ts';

/** Draws a notice that the screen is out of date, and what happens next. */
export function bannerLines(state: State, scene: Scene): readonly string[] {
  return [line(scene, [span(` ${bannerText(state)} `, 'selected')])];
}

function bannerText({ connection }: State): string {
  if (connection.kind !== 'down') return '';
  const since = timeOfDay(new Date(connection.sinceMs).toISOString());
  if (connection.isStarting) return `STALE since ${since}: starting the engine ...`;
  if (!connection.isAbsent) return `STALE since ${since}: ${connection.reason}`;
  return `STALE since ${since}: the engine is not responding; retrying (u: start it)`;
}
