import { widthOfText } from '../text/narrow-text.ts';
import { wrapWords } from '../text/wrap-text.ts';
import type { Overlay, State } from '../state/state.ts';

const MOST_LINES = 3;
/** These stand in the message's place. */
const PROMPTS: ReadonlySet<Overlay['kind']> = new Set(['prompt', 'palette', 'sort', 'hold']);

/**
 * The message as it stands above the keys, a text a line. Why something was refused is shown whole, and in place of the
 * command; news come and go by themselves and stay on one line, or the screen would jump. The healing log has them whole.
 */
export function messageLines({ message, overlay, size }: State): readonly string[] {
  if (message === null) return [''];
  const room = size.columns - 2;
  const text = message.text.replaceAll('\n', ' ');
  const isRefusal = message.tone === 'bad' && !message.isNews;
  if (PROMPTS.has(overlay.kind) || !isRefusal || widthOfText(text) <= room) return [text];
  const lines = wrapWords(text, room);
  const last = lines.slice(MOST_LINES - 1).join(' ');
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), last];
}
