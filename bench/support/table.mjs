/**
 * @typedef {{ title: string, isOk: boolean, facts: string }} Check
 * @typedef {{ groups: import('./tally.mjs').Group[], checks: Check[], skipped: string[] }} Outcome
 */

/** Formats the result of a benchmark as text. @param {Outcome} outcome */
export function formatOutcome({ groups, checks, skipped }) {
  const remarks = [
    ...checks.map(({ title, isOk, facts }) => `${isOk ? 'ok    ' : 'FAILED'}  ${title}: ${facts}`),
    ...skipped.map((reason) => `skipped  ${reason}`),
  ];
  const tables = groups.map(formatGroup).join('\n');
  return remarks.length === 0 ? tables : `${tables}\n${remarks.join('\n')}\n`;
}

/** @param {import('./tally.mjs').Group} group */
function formatGroup({ title, unit, floors, rows }) {
  const heads = ['', 'median', 'min', 'max', 'n', ...floors.map((floor) => `x ${floor}`)];
  const cells = rows.map(({ name, median, min, max, count }) => [
    `  ${name}`,
    ...[median, min, max].map(formatNumber),
    String(count),
    ...floors.map((floor) => formatRatio(median, rows.find((row) => row.name === floor)?.median)),
  ]);
  return [`${title} (${unit})`, ...alignColumns([heads, ...cells]), ''].join('\n');
}

/** @param {string[][]} lines  names are left-aligned, numbers right-aligned */
function alignColumns(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const align = (cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]));
  return lines.map((cells) => cells.map(align).join('   '));
}

/** Formats a value with three significant digits, which is more than the precision of a noisy machine. @param {number} value */
function formatNumber(value) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

/** @param {number} value @param {number | undefined} floor */
function formatRatio(value, floor) {
  return floor === undefined || floor === 0 ? '-' : formatNumber(value / floor);
}
