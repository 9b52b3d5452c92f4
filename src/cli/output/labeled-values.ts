import { sanitizeText } from '../../base/sanitize-text.ts';
import type { Terminal } from './terminal.ts';

/** A label and its value; a null value is not printed. */
export type LabeledValue = readonly [label: string, value: string | null];

/** Prints one value per line, with aligned values. */
export function printLabeledValues(terminal: Terminal, values: readonly LabeledValue[]): void {
  const width = Math.max(0, ...values.map(([label, value]) => (value === null ? 0 : label.length)));
  for (const [label, value] of values) {
    if (value !== null) terminal.print(`${terminal.style.faint(label.padEnd(width))}  ${value}`);
  }
}

/** Prints a blank line and the title of a new section. */
export function printHeading(terminal: Terminal, title: string): void {
  terminal.print('');
  terminal.print(terminal.style.strong(title));
}

/** Returns a time in the local time zone, to the second. Text that is not a time is returned unchanged. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return sanitizeText(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
