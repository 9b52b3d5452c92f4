import { sanitizeText } from '../../base/sanitize-text.ts';
import type { Terminal } from './terminal.ts';

/** A label and what is known; null is left out. */
export type Fact = readonly [label: string, value: string | null];

/** Prints facts one a line, their values under each other. */
export function printFacts(terminal: Terminal, facts: readonly Fact[]): void {
  const width = Math.max(0, ...facts.map(([label, value]) => (value === null ? 0 : label.length)));
  for (const [label, value] of facts) {
    if (value !== null) terminal.print(`${terminal.style.faint(label.padEnd(width))}  ${value}`);
  }
}

/** Begins a new part of an output. */
export function printHeading(terminal: Terminal, title: string): void {
  terminal.print('');
  terminal.print(terminal.style.strong(title));
}

/** A moment for people: in their own time zone, to the second. What is no moment stays as it is. */
export function formatTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return sanitizeText(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
