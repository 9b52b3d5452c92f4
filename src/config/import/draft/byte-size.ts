import { textOf } from './text-of.ts';

const MB = 2 ** 20;
const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: MB, g: 2 ** 30 };

/** Parses "300M", "1.5 GB" or a number of bytes. Returns MB (2^20 bytes), or null when the value is not a size. */
export function parseMegabytes(value: unknown): number | null {
  const [, digits, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?)i?b?\s*$/i.exec(textOf(value)) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (digits === undefined || factor === undefined) return null;
  return Math.round(((Number(digits) * factor) / MB) * 1000) / 1000;
}
