import { fitInOrder } from './fit-in-order.ts';
import { cutText, widthOfText } from './narrow-text.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

/** Joins pieces to a line, cut or padded to the full width of the scene. */
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

/** Draws a line with one part at each end. The right part is left out if both do not fit. */
export function twoSided(scene: Scene, left: readonly Span[], right: readonly Span[]): string {
  const rightWidth = widthOf(right) + 1;
  const gap = scene.columns - widthOf(left) - rightWidth;
  if (gap < 2) return line(scene, left);
  return line(scene, [...left, span(' '.repeat(gap)), ...right, span(' ')]);
}

/** Draws a line with one part at each end. The right part is cut if both do not fit. */
export function twoParts(scene: Scene, left: readonly Span[], right: readonly Span[]): string {
  const gap = scene.columns - widthOf(left) - widthOf(right);
  return line(scene, [...left, span(' '.repeat(Math.max(0, gap))), ...right]);
}

/** Draws a line with extras that are never cut: the first one that does not fit is left out, and so are those after it. */
export function lineWithExtras(scene: Scene, spans: readonly Span[], extras: readonly Span[]): string {
  const fitted = fitInOrder(extras, scene.columns - widthOf(spans), ({ text }) => widthOfText(text));
  return line(scene, [...spans, ...fitted.keys()]);
}

/** Draws the selected line, highlighted over its full width. */
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

/** Draws a title with a rule that ends in the first note that fits; pass the longest note first. */
export function ruledLine(scene: Scene, title: readonly Span[], ...notes: readonly string[]): string {
  const room = scene.columns - widthOf(title) - 3;
  const note = notes.find((candidate) => widthOfText(candidate) + 2 < room) ?? '';
  const tail = note === '' ? '' : ` ${note} `;
  const length = room - widthOfText(tail);
  if (length < 1) return line(scene, [span(' '), ...title]);
  const rule = scene.glyphs.rule.repeat(length);
  return line(scene, [span(' '), ...title, span(` ${rule}`, 'muted'), span(tail, 'muted')]);
}

/** Cuts lines to the height of the scene, or adds empty ones. */
export function fillHeight(scene: Scene, lines: readonly string[]): readonly string[] {
  const missing = Math.max(0, scene.height - lines.length);
  return [...lines.slice(0, scene.height), ...Array<string>(missing).fill('')];
}

function widthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + widthOfText(text), 0);
}
