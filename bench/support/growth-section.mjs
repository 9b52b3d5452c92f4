const BEGIN = '<!-- growth: written by bench/run.mjs -->';
const END = '<!-- growth: end -->';

/**
 * Replaces the table of growth in a Markdown document.
 * @param {string} text  the document
 * @param {readonly import('./tally.mjs').Group[]} groups  with rows such as "100 programs"
 * @param {string} caption
 * @returns {string}
 * @throws {Error} if the document has no place for the table
 */
export function withGrowth(text, groups, caption) {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`the document has no lines "${BEGIN}" and "${END}"`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${growthTable(groups)}\n\nMedians ${caption}.\n\n${text.slice(end)}`;
}

/** Returns a Markdown table with a line for each number of programs, and a column for each group. */
function growthTable(groups) {
  const counts = groups[0].rows.map(({ name }) => name);
  const heads = ['programs', ...groups.map(({ title, unit }) => `${title} (${unit})`)];
  const lines = counts.map((name) => [
    Number.parseInt(name, 10).toLocaleString('en-US'),
    ...groups.map(({ rows }) => formatted(rows.find((row) => row.name === name)?.median)),
  ]);
  return aligned([heads, heads.map(() => '-'), ...lines]);
}

/** Pads the cells as Prettier does, so that the document stays formatted. */
function aligned(lines) {
  const widths = lines[0].map((_, column) => Math.max(3, ...lines.map((cells) => cells[column].length)));
  const fill = (cell, column) => (cell === '-' ? cell.repeat(widths[column]) : cell.padEnd(widths[column]));
  return lines.map((cells) => `| ${cells.map(fill).join(' | ')} |`).join('\n');
}

function formatted(value) {
  if (value === undefined) return '';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(2)));
}
