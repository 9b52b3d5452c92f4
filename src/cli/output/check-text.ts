import { sanitizeText } from '../../base/sanitize-text.ts';
import type { CheckResult, HealthView } from '../../protocol/results/health-view.ts';
import type { Health } from '../../protocol/process-state.ts';
import { formatTime, printLabeledValues } from './labeled-values.ts';
import type { Style } from './style.ts';
import type { Terminal } from './terminal.ts';

const SIGNS = { passed: '+', failed: '-' } as const;

/** Paints text in the color of a health. */
export function paintHealth(style: Style, health: Health, text: string): string {
  if (health === 'healthy') return style.good(text);
  return health === 'unhealthy' ? style.bad(text) : style.faint(text);
}

/** Returns the result of a check, e.g. "answered 200 (3 ms)". */
export function formatAnswer({ answer, latencyMs }: CheckResult): string {
  return `${sanitizeText(answer)} (${latencyMs} ms)`;
}

/** Prints the results of a program's health checks, the newest one on the right. */
export function printHealth(terminal: Terminal, view: HealthView): void {
  const { style } = terminal;
  const { health, since, failures, results, lastFailure } = view;
  const last = results.at(-1);
  const known = since === null ? '' : ` since ${formatTime(since)}`;
  const inARow = failures > 1 ? `, ${failures} failures in a row` : '';
  printLabeledValues(terminal, [
    ['health', `${paintHealth(style, health, health)}${known}${inARow}`],
    ['check', sanitizeText(view.asked)],
    ['last result', last === undefined ? 'not checked yet' : `${formatAnswer(last)} at ${formatTime(last.at)}`],
    ['last failure', lastFailure === null ? null : `${formatAnswer(lastFailure)} at ${formatTime(lastFailure.at)}`],
    ['results', results.length === 0 ? null : formatResults(style, results)],
  ]);
}

function formatResults(style: Style, results: readonly CheckResult[]): string {
  const signs = results.map(({ ok }) => (ok ? style.good(SIGNS.passed) : style.bad(SIGNS.failed)));
  const slowest = Math.max(...results.map(({ latencyMs }) => latencyMs));
  return `${signs.join('')} (last ${results.length}, slowest ${slowest} ms)`;
}
