import { existsSync } from 'node:fs';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { ConfigProblem } from '../../protocol/results/config-plan.ts';
import type { Context } from '../command/context.ts';

/** Returns the problems in the files that configure alerts. What reads them is loaded only if there are such files. */
export async function alertProblems({ paths, env }: Pick<Context, 'paths' | 'env'>): Promise<readonly ConfigProblem[]> {
  const files = ['email_config.txt', 'alerts_config.txt'].map((name) => `${paths.configDir}/${name}`);
  if (!files.some((file) => existsSync(file))) return [];
  const { readAlerts } = await import('../../config/alerts/read-alerts.ts');
  return readAlerts(paths.configDir, env).problems;
}

/** Prints the errors in the files that configure alerts: an alert that is never sent is noticed too late. */
export async function noteAlertProblems(context: Context): Promise<void> {
  const problems = await alertProblems(context);
  for (const { severity, file, line, column, message, hint } of problems) {
    if (severity !== 'error') continue;
    const place = [file, line, column].filter((part) => part !== null).join(':');
    context.terminal.note(sanitizeText(`alerts: ${place}: ${message} (${hint})`));
  }
}
