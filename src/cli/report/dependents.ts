import type { OperationResult } from '../../protocol/results/operation-result.ts';

/** Returns what happened to the programs that depend on one that was stopped or restarted. */
export function describeDependents(id: string, dependents: OperationResult['dependents']): string[] {
  const { restarted = [], running = [] } = dependents ?? {};
  const lines: string[] = [];
  if (restarted.length > 0) lines.push(`restarted with "${id}": ${restarted.join(', ')}`);
  if (running.length > 0)
    lines.push(
      `${running.join(', ')} ${running.length === 1 ? 'depends' : 'depend'} on "${id}" and ${running.length === 1 ? 'keeps' : 'keep'} running`,
    );
  return lines;
}
