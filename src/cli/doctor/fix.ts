import { messageOf } from '../../base/thrown.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import { canAsk, confirm } from '../output/confirm.ts';
import type { Terminal } from '../output/terminal.ts';
import type { Repair } from './repairs.ts';

/** What became of a repair. */
export interface RepairResult {
  readonly check: string;
  readonly action: string;
  readonly outcome: 'done' | 'failed' | 'left';
  /** Why it failed, or what to do about one that was left; null otherwise. */
  readonly problem: string | null;
}

/** Applies the safe repairs, and the others if the operator agrees. Says what it did. */
export async function applyRepairs(
  terminal: Terminal,
  repairs: readonly Repair[],
  isAgreed: boolean,
): Promise<readonly RepairResult[]> {
  const results: RepairResult[] = [];
  for (const repair of repairs) {
    const result = await applyOne(terminal, repair, isAgreed);
    results.push(result);
    if (!terminal.json) terminal.print(sanitizeText(lineOf(result)));
  }
  if (repairs.length === 0 && !terminal.json) terminal.print('Nothing can be fixed automatically.');
  return results;
}

async function applyOne(terminal: Terminal, repair: Repair, isAgreed: boolean): Promise<RepairResult> {
  const { check, action, isSafe, apply } = repair;
  const mayApply =
    isSafe || isAgreed || (!terminal.json && canAsk() && (await confirm(sanitizeText(`${check}: run "${action}"?`))));
  if (!mayApply) return { check, action, outcome: 'left', problem: 'add --yes to run it' };
  try {
    await apply();
    return { check, action, outcome: 'done', problem: null };
  } catch (error) {
    return { check, action, outcome: 'failed', problem: messageOf(error) };
  }
}

function lineOf({ check, action, outcome, problem }: RepairResult): string {
  switch (outcome) {
    case 'done':
      return `fixed    ${check}: ${action}`;
    case 'failed':
      return `failed   ${check}: ${action}: ${problem ?? ''}`;
    case 'left':
      return `left     ${check}: ${action} (${problem ?? ''})`;
  }
}
