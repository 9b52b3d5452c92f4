import type { ReactNode } from 'react';
import { useSelector } from './use-session.ts';
import { timeOfDay } from '../text/figures.ts';
import { span } from '../style/scene.ts';
import { layoutOf } from '../layout/layout.ts';
import type { State } from '../state/state.ts';
import { Line } from './Line.tsx';

/** Says that the screen shows the past, and what is being done about it. */
export function Banner(): ReactNode {
  const isShown = useSelector((state) => layoutOf(state).banner > 0);
  const text = useSelector(bannerText);
  return isShown && <Line spans={[span(` ${text} `, 'selected')]} />;
}

function bannerText({ connection }: State): string {
  if (connection.kind !== 'down') return '';
  const since = timeOfDay(new Date(connection.sinceMs).toISOString());
  if (connection.isStarting) return `STALE since ${since}: the engine is being started`;
  if (!connection.isAbsent) return `STALE since ${since}: ${connection.reason}`;
  return `STALE since ${since}: the engine does not answer; trying again, u starts it`;
}
