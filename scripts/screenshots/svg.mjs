import { shapeOf } from './drawn-glyphs.mjs';

/** The size of one character of the fonts below, in pixels. */
const CELL = { width: 8.4, height: 18 };
const FONT_SIZE = 14;
const BASELINE = 13.5;
const MARGIN = 12;
const FONTS = "'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, monospace";

/** The 16 colors of a terminal, on a dark and on a light background. */
const SCHEMES = {
  dark: {
    background: '#16181d',
    foreground: '#d5d8df',
    palette:
      '#3b3f4a #e8707a #8fc97a #e5c06b #6ca8f0 #c891e8 #5fbfc7 #d5d8df #6b7280 #f28b93 #a8dc94 #f0d28a #8dbcf5 #d9aef0 #82d3da #ffffff',
  },
  light: {
    background: '#fbfbf9',
    foreground: '#24292f',
    palette:
      '#24292f #b3202c #1a7f37 #8a5a00 #0a58b8 #8035b8 #0e7490 #6e7781 #57606a #cf222e #2da44e #9a6700 #218bff #a475f9 #3192aa #1f2328',
  },
};

/**
 * Returns the screen of a terminal as SVG. Every piece of text has an explicit length, so that columns are aligned in any
 * font.
 */
export function svgOf(terminal, scheme) {
  const { background, foreground } = SCHEMES[scheme];
  const width = Math.ceil(terminal.columns * CELL.width) + 2 * MARGIN;
  const height = terminal.rows * CELL.height + 2 * MARGIN;
  const lines = Array.from({ length: terminal.rows }, (_, row) => lineOf(terminal, row, scheme));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})" font-family="${FONTS}" font-size="${FONT_SIZE}" fill="${foreground}" xml:space="preserve">`,
    ...lines.filter((line) => line !== ''),
    '</g></svg>\n',
  ].join('\n');
}

function lineOf(terminal, row, scheme) {
  const runs = runsOf(terminal, row, scheme);
  const boxes = runs.filter(({ look }) => look.background !== null).map((run) => boxOf(run, row));
  const texts = runs.filter(({ text }) => text.trim() !== '').map((run) => textOf(run, row, scheme));
  return [...boxes, ...texts].join('');
}

/** Combines adjacent cells with the same appearance. */
function runsOf(terminal, row, scheme) {
  const runs = [];
  for (let column = 0; column < terminal.columns; column += 1) {
    const cell = terminal.cell(column, row);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const look = lookOf(cell, scheme);
    const last = runs.at(-1);
    const sign = cell.getChars() || ' ';
    const piece = { column, text: sign, width: cell.getWidth(), look, isDrawn: isDrawn(sign) };
    // A drawn character is combined only with equal ones, since they become one wide shape.
    const isLike = last !== undefined && (piece.isDrawn ? last.text.startsWith(sign) : !last.isDrawn);
    if (isLike && isSame(last.look, look)) {
      last.text += piece.text;
      last.width += piece.width;
    } else runs.push(piece);
  }
  return runs;
}

function lookOf(cell, scheme) {
  const { background, foreground } = SCHEMES[scheme];
  let front = colorOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor(), scheme);
  let back = colorOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor(), scheme);
  if (cell.isInverse()) [front, back] = [back ?? background, front ?? foreground];
  return { front, background: back, isBold: cell.isBold() !== 0, isDim: cell.isDim() !== 0 };
}

function isSame(a, b) {
  return a.front === b.front && a.background === b.background && a.isBold === b.isBold && a.isDim === b.isDim;
}

function colorOf(isDefault, isRgb, number, scheme) {
  if (isDefault) return null;
  return isRgb ? hex(number) : paletteColor(number, SCHEMES[scheme].palette.split(' '));
}

/** The 256 colors of xterm: the 16 of the scheme, a 6×6×6 cube, and 24 shades of gray. */
function paletteColor(number, own) {
  if (number < 16) return own[number];
  if (number >= 232) return hex(0x010101 * (8 + 10 * (number - 232)));
  const step = (value) => (value === 0 ? 0 : 55 + 40 * value);
  const cube = number - 16;
  return hex((step(Math.floor(cube / 36)) << 16) | (step(Math.floor(cube / 6) % 6) << 8) | step(cube % 6));
}

function hex(number) {
  return `#${number.toString(16).padStart(6, '0')}`;
}

function boxOf({ column, width, look }, row) {
  // Slightly wider than its cells, so that no gap is visible between adjacent cells.
  const length = (width * CELL.width + 0.4).toFixed(1);
  return `<rect x="${(column * CELL.width).toFixed(1)}" y="${row * CELL.height}" width="${length}" height="${CELL.height}" fill="${look.background}"/>`;
}

/** Omits blanks at both ends, because some viewers drop them. */
function textOf({ column, text, width, look, isDrawn: isShape }, row, scheme) {
  if (isShape) return shapesOf({ column, text, width, look }, row, scheme);
  const blanks = text.length - text.trimStart().length;
  const shown = text.trim();
  const columns = width - blanks - (text.length - text.trimEnd().length);
  const attributes = [
    `x="${((column + blanks) * CELL.width).toFixed(1)}"`,
    `y="${(row * CELL.height + BASELINE).toFixed(1)}"`,
    `textLength="${(columns * CELL.width).toFixed(1)}"`,
    look.front === null ? '' : `fill="${look.front}"`,
    look.isBold ? 'font-weight="bold"' : '',
    look.isDim ? `opacity="${scheme === 'dark' ? 0.6 : 0.7}"` : '',
  ];
  return `<text ${attributes.filter((part) => part !== '').join(' ')}>${escaped(shown)}</text>`;
}

function isDrawn(sign) {
  return shapeOf(sign, { left: 0, top: 0, width: 1, height: 1, color: '' }) !== null;
}

/** Adjacent characters without a vertical line become one shape. */
function shapesOf({ column, text, width, look }, row, scheme) {
  const color = look.front ?? SCHEMES[scheme].foreground;
  const place = { top: row * CELL.height, height: CELL.height, color };
  if (/^[─▁-█░]/.test(text)) {
    return shapeOf(text[0], { ...place, left: column * CELL.width, width: width * CELL.width });
  }
  return Array.from(text, (sign, index) =>
    shapeOf(sign, { ...place, left: (column + index) * CELL.width, width: CELL.width }),
  ).join('');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
