import { widthOfText } from '../text/narrow-text.ts';
import { wrapWords } from '../text/wrap-text.ts';
import type { Overlay, State } from '../state/state.ts';

const MOST_LINES = 3;
/** Overlays that replace the message with what is being typed. */
const PROMPTS: ReadonlySet<Overlay['kind']> = new Set(['prompt', 'palette', 'sort', 'hold']);

/**
 * Returns the message above the keys, one string for each line. The reason of a refusal is shown in full. News may
 * change without a key press, so it stays on one line to keep the screen steady; the healing log has the full text.
 */
export function wrappedMessage({ message, overlay, size }: State): readonly string[] {
  if (message === null) return [''];
  const room = size.columns - 2;
  const text = message.text.replaceAll('\n', ' ');
  const isRefusal = message.tone === 'bad' && !message.isNews;
  if (PROMPTS.has(overlay.kind) || !isRefusal || widthOfText(text) <= room) return [text];
  const lines = wrapWords(text, room);
  const last = lines.slice(MOST_LINES - 1).join(' ');
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), last];
}
