import type { LogView } from '../state/log-view.ts';
import { programTones } from '../style/program-tones.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { ProgramTone } from '../style/theme.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import { LONGEST_NAME } from '../layout/log-columns.ts';
import { cutMiddle } from '../text/narrow-text.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

const tonesOf = memoizeLast(programTones);

/** Returns the color of each program in the log of several. */
export function logTones({ ids }: LogView): ReadonlyMap<string, ProgramTone> {
  return tonesOf(ids);
}

/** The number, the spaces and the symbol around the name on a chip. */
const CHIP_FRAME = 5;
const SHORTEST_NAME = 3;

/** Draws a chip for each program whose output is shown together: the key that mutes it, its name and whether it is muted. */
export function logChips(log: LogView, room: number, { glyphs }: Scene): readonly Span[] {
  const shown = log.ids.slice(0, TUI_LIMITS.logPrograms);
  const left = log.ids.length - shown.length;
  const more = left === 0 ? '' : ` and ${String(left)} more, not shown`;
  const width = Math.min(LONGEST_NAME, Math.floor((room - more.length) / shown.length) - CHIP_FRAME);
  const tones = logTones(log);
  const chips = shown.flatMap((id, index) => {
    const isMuted = log.muted.has(id);
    const name = width < SHORTEST_NAME ? '' : ` ${cutMiddle(id, width, glyphs.ellipsis)}`;
    const text = `${String(index + 1)}${name} ${isMuted ? glyphs.idle : glyphs.dot}`;
    return [span(' '), span(text, isMuted ? 'muted' : (tones.get(id) ?? 'plain')), span(' ')];
  });
  return [...chips, span(more, 'bad')];
}
