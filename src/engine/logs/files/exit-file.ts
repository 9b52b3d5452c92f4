import { readFileSync } from 'node:fs';
import type { WitnessedExit } from './log-transport.ts';

/** Reads the exits that no engine has acknowledged, as the log collector saved them; skips an incomplete last line. */
export function readExitFile(path: string): WitnessedExit[] {
  return readLines(path)
    .map(parseExit)
    .filter((exit) => exit !== null);
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function parseExit(line: string): WitnessedExit | null {
  try {
    const exit = JSON.parse(line) as Partial<WitnessedExit>;
    return typeof exit.id === 'string' && typeof exit.run === 'number' ? (exit as WitnessedExit) : null;
  } catch {
    return null;
  }
}
