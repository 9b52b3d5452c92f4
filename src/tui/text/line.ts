import { fitInOrder } from './fit-in-order.ts';
import { cutText, widthOfText } from './narrow-text.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

/** Joins pieces to one line of the scene's full width, cut or padded. */
export function line(scene: Scene, spans: readonly Span[]): string {
  let room = scene.columns;
  let painted = '';
  for (const { text, tone, style } of spans) {
    if (room <= 0) break;
    const shown = cutText(text, room, scene.glyphs.ellipsis);
    painted += style === undefined ? scene.theme.paint(tone, shown) : scene.theme.paintStyled(style, tone, shown);
    room -= widthOfText(shown);
  }
  return painted + ' '.repeat(Math.max(0, room));
}

/** A line with one part at each side; the right part is left out where both do not fit. */
export function twoSided(scene: Scene, left: readonly Span[], right: readonly Span[]): string {
  const rightWidth = widthOf(right) + 1;
  const gap = scene.columns - widthOf(left) - rightWidth;
  if (gap < 2) return line(scene, left);
  return line(scene, [...left, span(' '.repeat(gap)), ...right, span(' ')]);
}

/** A line with one part at each side; the right part is cut where both do not fit. */
export function twoParts(scene: Scene, left: readonly Span[], right: readonly Span[]): string {
  const gap = scene.columns - widthOf(left) - widthOf(right);
  return line(scene, [...left, span(' '.repeat(Math.max(0, gap))), ...right]);
}

/** A line with parts that are shown whole or not at all: the first that does not fit ends it. */
export function lineWithExtras(scene: Scene, spans: readonly Span[], extras: readonly Span[]): string {
  const fitted = fitInOrder(extras, scene.columns - widthOf(spans), ({ text }) => widthOfText(text));
  return line(scene, [...spans, ...fitted.keys()]);
}

/** The line of what is selected, marked over its full width. */
export function selectedLine(scene: Scene, spans: readonly Span[]): string {
  let room = scene.columns;
  let painted = '';
  for (const { text, tone } of spans) {
    if (room <= 0) break;
    const shown = cutText(text, room, scene.glyphs.ellipsis);
    painted += scene.theme.paintSelected(tone, shown);
    room -= widthOfText(shown);
  }
  return painted + scene.theme.paintSelected('plain', ' '.repeat(Math.max(0, room)));
}

/** A title with a rule to the right edge, and before it the first of the notes that fits: longest first. */
export function ruledLine(scene: Scene, title: readonly Span[], ...notes: readonly string[]): string {
  const room = scene.columns - widthOf(title) - 3;
  const note = notes.find((candidate) => widthOfText(candidate) + 2 < room) ?? '';
  const tail = note === '' ? '' : ` ${note} `;
  const length = room - widthOfText(tail);
  if (length < 1) return line(scene, [span(' '), ...title]);
  const rule = scene.glyphs.rule.repeat(length);
  return line(scene, [span(' '), ...title, span(` ${rule}`, 'muted'), span(tail, 'muted')]);
}

/** The rest of a region below its last line. */
export function fillHeight(scene: Scene, lines: readonly string[]): readonly string[] {
  const missing = Math.max(0, scene.height - lines.length);
  return [...lines.slice(0, scene.height), ...Array<string>(missing).fill('')];
}

function widthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + widthOfText(text), 0);
}
