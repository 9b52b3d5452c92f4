/** Sides that the lines of a box reach, of the signs that tables and rules are drawn with. */
const LINES = {
  '─': 'lr',
  '│': 'ud',
  '┌': 'rd',
  '┐': 'ld',
  '└': 'ru',
  '┘': 'lu',
  '├': 'udr',
  '┤': 'udl',
  '┬': 'lrd',
  '┴': 'lru',
  '┼': 'lrud',
};
const LOWEST_BLOCK = 0x2581;
const FULL_BLOCK = 0x2588;

/**
 * Blocks and lines as shapes: in fonts they end short of their cell, and gaps would show in every chart and table.
 * Null for what is left to the font.
 */
export function shapeOf(sign, { left, top, width, height, color }) {
  const eighths = sign.charCodeAt(0) - LOWEST_BLOCK + 1;
  if (eighths >= 1 && eighths <= FULL_BLOCK - LOWEST_BLOCK + 1) {
    const tall = (height * eighths) / 8;
    return rect(left, top + height - tall, width, tall, color);
  }
  if (sign === '░') return rect(left, top + 1, width, height - 2, color, 0.25);
  if (sign === '▌') return rect(left, top, width / 2, height, color);
  return sign in LINES ? lineShape(LINES[sign], { left, top, width, height, color }) : null;
}

/** A hair wider than the cell, so that no line shows between neighbours. */
function rect(left, top, width, height, color, opacity = 1) {
  const faint = opacity === 1 ? '' : ` opacity="${opacity}"`;
  return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${(width + 0.3).toFixed(1)}" height="${height.toFixed(1)}" fill="${color}"${faint}/>`;
}

function lineShape(sides, { left, top, width, height, color }) {
  const x = left + width / 2;
  const y = top + height / 2;
  const ends = { l: [left, y], r: [left + width, y], u: [x, top], d: [x, top + height] };
  const path = Array.from(
    sides,
    (side) => `M${x.toFixed(1)} ${y}L${ends[side].map((end) => end.toFixed(1)).join(' ')}`,
  );
  return `<path d="${path.join('')}" stroke="${color}"/>`;
}
