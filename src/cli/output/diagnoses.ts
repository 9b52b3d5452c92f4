import { sanitizeText } from '../../base/sanitize-text.ts';
import type { Style } from './style.ts';
import type { Terminal } from './terminal.ts';

/** The result of a check. */
interface PrintedDiagnosis {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'error';
  readonly message: string;
  /** What to do; null if there is nothing to fix. */
  readonly fix: string | null;
}

const TONES: Readonly<Record<PrintedDiagnosis['status'], keyof Pick<Style, 'good' | 'warning' | 'bad'>>> = {
  ok: 'good',
  warning: 'warning',
  error: 'bad',
};
const STATUS_WIDTH = 'warning'.length;

/** Prints the results of checks, each with its fix, and how many there are of each status. */
export function printDiagnoses(terminal: Terminal, diagnoses: readonly PrintedDiagnosis[]): void {
  const { style } = terminal;
  const width = Math.max(...diagnoses.map(({ check }) => check.length));
  for (const { check, status, message, fix } of diagnoses) {
    const tone = style[TONES[status]];
    terminal.print(`${tone(status.padEnd(STATUS_WIDTH))}  ${check.padEnd(width)}  ${sanitizeText(message)}`);
    if (fix !== null)
      terminal.print(`${' '.repeat(STATUS_WIDTH + width + 4)}${style.faint(`fix: ${sanitizeText(fix)}`)}`);
  }
  const count = (wanted: PrintedDiagnosis['status']): number =>
    diagnoses.filter(({ status }) => status === wanted).length;
  terminal.print(`ok: ${count('ok')}, warnings: ${count('warning')}, errors: ${count('error')}`);
}
