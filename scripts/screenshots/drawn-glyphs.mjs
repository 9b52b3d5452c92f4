/** Maps each box-drawing character to the sides of its cell that its lines reach: left, right, up, down. */
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
 * Returns a block or box-drawing character as an SVG shape, because the glyphs of fonts leave gaps between cells. Returns
 * null for all other characters.
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

/** Slightly wider than the cell, so that no gap is visible between adjacent cells. */
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
