/**
 * Draws how costs grow with the number of programs: one panel for each group, both axes logarithmic, so that a cost in proportion
 * to the number of programs is a line of the same slope everywhere.
 */
const PANEL = { width: 300, height: 190, left: 52, right: 14, top: 34, bottom: 34 };
const COLUMNS = 3;
const FONT = 'font-family="sans-serif" font-size="11"';

/**
 * @param {readonly import('./tally.mjs').Group[]} groups  with rows such as "100 programs"
 * @param {string} caption
 * @returns {string} an SVG
 */
export function growthChart(groups, caption) {
  const lines = Math.ceil(groups.length / COLUMNS);
  const [width, height] = [COLUMNS * PANEL.width, lines * PANEL.height + 26];
  const panels = groups.map((group, at) => {
    const [x, y] = [(at % COLUMNS) * PANEL.width, Math.floor(at / COLUMNS) * PANEL.height];
    return `<g transform="translate(${x} ${y})">\n${panelOf(group)}\n</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${FONT} role="img">`,
    `<title>${escaped(caption)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...panels,
    `<text x="${PANEL.left}" y="${height - 10}" fill="#555555">${escaped(caption)}</text>`,
    '</svg>\n',
  ].join('\n');
}

function panelOf({ title, unit, rows }) {
  const points = rows.map(({ name, median, min, max }) => ({ count: Number.parseInt(name, 10), median, min, max }));
  const counts = decadesOf(points.map(({ count }) => count));
  const values = decadesOf(points.flatMap(({ min, max }) => [min, max]));
  const xOf = scale(counts, PANEL.left, PANEL.width - PANEL.right);
  const yOf = scale(values, PANEL.height - PANEL.bottom, PANEL.top);
  const at = ({ count, median }) => `${xOf(count)},${yOf(median)}`;
  return [
    `<text x="${PANEL.left}" y="16" font-weight="bold" fill="#111111">${escaped(title)}</text>`,
    `<text x="${PANEL.left}" y="28" fill="#555555">${escaped(unit)}</text>`,
    ...ticksOf(values).map((value) => horizontal(yOf(value), labelOf(value))),
    ...ticksOf(counts).map((count) => vertical(xOf(count), labelOf(count))),
    ...points.map(({ count, min, max }) => rangeOf(xOf(count), yOf(min), yOf(max))),
    `<polyline points="${points.map(at).join(' ')}" fill="none" stroke="#1f6feb" stroke-width="1.5"/>`,
    ...points.map((point) => `<circle cx="${xOf(point.count)}" cy="${yOf(point.median)}" r="2.5" fill="#1f6feb"/>`),
  ].join('\n');
}

/** Returns the powers of ten around some values, as exponents. */
function decadesOf(values) {
  const logarithms = values.filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(Math.min(...logarithms));
  return { low, high: Math.max(low + 1, Math.ceil(Math.max(...logarithms))) };
}

function ticksOf({ low, high }) {
  return Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step));
}

/** What is not positive is drawn at the lower end. */
function scale({ low, high }, from, to) {
  return (value) => {
    const part = value > 0 ? (Math.log10(value) - low) / (high - low) : 0;
    return Math.round((from + part * (to - from)) * 10) / 10;
  };
}

function labelOf(value) {
  return value >= 1 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(1)));
}

function horizontal(y, label) {
  return `<path d="M${PANEL.left} ${y}H${PANEL.width - PANEL.right}" stroke="#dddddd"/><text x="${PANEL.left - 6}" y="${y + 4}" text-anchor="end" fill="#555555">${label}</text>`;
}

function vertical(x, label) {
  const foot = PANEL.height - PANEL.bottom;
  return `<path d="M${x} ${PANEL.top}V${foot}" stroke="#eeeeee"/><text x="${x}" y="${foot + 15}" text-anchor="middle" fill="#555555">${label}</text>`;
}

function rangeOf(x, low, high) {
  return `<path d="M${x} ${low}V${high}" stroke="#1f6feb" stroke-opacity="0.4"/>`;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
