import { SIGNAL_DIALOG_ROWS, SIGNALS, SIGNALS_A_ROW, type SignalTarget } from '../state/signals.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { fillHeight, line, ruledLine } from '../text/line.ts';

const LONGEST = Math.max(...SIGNALS.map(([name, effect]) => name.length + effect.length));

/** Draws the signals that can be sent to a process, with what they usually do. */
export function signalLines({ id, pid, command }: SignalTarget, scene: Scene): readonly string[] {
  const title = [span('Signal', 'strong'), span(` ${command} (pid ${String(pid)}) of ${id}`)];
  const rows = Array.from({ length: SIGNAL_DIALOG_ROWS - 1 }, (_, row) =>
    SIGNALS.slice(row * SIGNALS_A_ROW, (row + 1) * SIGNALS_A_ROW).flatMap(([name, effect], column): Span[] => [
      span(`  ${String(row * SIGNALS_A_ROW + column + 1)} `, 'info'),
      span(name, name === 'KILL' ? 'bad' : 'strong'),
      span(`  ${effect.padEnd(LONGEST - name.length)}`, 'muted'),
    ]),
  );
  return fillHeight(scene, [ruledLine(scene, title), ...rows.map((spans) => line(scene, spans))]);
}
