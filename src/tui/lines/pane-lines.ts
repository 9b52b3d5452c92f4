import type { Thumb } from '../layout/log-place.ts';
import { hasBorders } from '../layout/screen.ts';
import type { State } from '../state/state.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { KeptRows } from '../text/kept-rows.ts';
import { cutText, widthOfText } from '../text/narrow-text.ts';

/** What stands in the top border of a pane. */
interface PaneTitle {
  readonly left: readonly Span[];
  /** At the right end; left out if there is no room for it. */
  readonly right?: readonly Span[];
  readonly hasFocus: boolean;
  /** The thumb of a scroll bar in the right border; null if there is none. */
  readonly thumb?: Thumb | null;
  /** The rows of this pane as they were last drawn. */
  readonly kept?: KeptRows;
}

/** Draws a pane with a border. `draw` gets the room inside. */
export function paneLines(
  scene: Scene,
  title: PaneTitle,
  draw: (inside: Scene) => readonly string[],
): readonly string[] {
  const { theme, glyphs, columns, height } = scene;
  const tone = title.hasFocus ? 'info' : 'muted';
  const side = theme.paint(tone, glyphs.side);
  const thumb = theme.paint('info', glyphs.barFull);
  const rightSide = (row: number): string => (isCovered(title.thumb ?? null, row) ? thumb : side);
  const inside = { ...scene, columns: columns - 2, height: height - 2 };
  const kept = title.kept ?? new KeptRows();
  const [topLeft, topRight, bottomRight, bottomLeft] = glyphs.corners;
  return [
    topLine(title, [topLeft, topRight], tone, scene),
    ...draw(inside).map((text, row) =>
      kept.join(row, side, text === '' ? ' '.repeat(inside.columns) : text, rightSide(row)),
    ),
    theme.paint(tone, bottomLeft + glyphs.rule.repeat(columns - 2) + bottomRight),
  ];
}

function isCovered(thumb: Thumb | null, row: number): boolean {
  return thumb !== null && row >= thumb.from && row < thumb.to;
}

/** Returns whether panes have a border on this screen. */
export function hasPanes({ size }: State): boolean {
  return hasBorders(size);
}

function topLine(
  { left, right = [], hasFocus }: PaneTitle,
  [start, end]: readonly [string, string],
  tone: Span['tone'],
  { theme, glyphs, columns }: Scene,
): string {
  let room = columns - 6;
  const fit = (spans: readonly Span[]): Span[] =>
    spans.flatMap(({ text, tone: own }) => {
      const cut = cutText(text, Math.max(0, room), glyphs.ellipsis);
      room -= widthOfText(cut);
      return cut === '' ? [] : [span(cut, hasFocus && own === 'strong' ? 'info' : own)];
    });
  const shownLeft = fit(left);
  const widthOfRight = right.reduce((sum, { text }) => sum + widthOfText(text), 0) + 3;
  const shownRight = right.length > 0 && widthOfRight < room ? fit([span(' '), ...right, span(' ')]) : [];
  const rule = glyphs.rule.repeat(Math.max(0, room));
  const spans = [
    span(`${start}${glyphs.rule} `, tone),
    ...shownLeft,
    span(` ${rule}`, tone),
    ...shownRight,
    span(`${glyphs.rule}${end}`, tone),
  ];
  return spans.map(({ text, tone: own }) => theme.paint(own, text)).join('');
}
