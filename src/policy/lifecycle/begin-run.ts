import { hasStartupCheck } from '../health.ts';
import type { Action, Decision } from './actions.ts';
import { enter } from './decide.ts';
import type { Program, Run } from './state.ts';

/** A run that begins, or that another engine began. */
interface BeginningRun {
  readonly run: Run;
  readonly why: string;
  readonly report: readonly Action[];
  /** How long it has been up, in ms; 0 by default. */
  readonly upMs?: number;
}

/** Enters a run: the program is starting until it is ready, its startup check passes, or it has been up for `startSeconds`. */
export function beginRun(program: Program, { run, why, report, upMs = 0 }: BeginningRun): Decision {
  const { ready, startSeconds } = program.spec;
  if (ready === null && hasStartupCheck(program.spec)) return enter(program, { name: 'starting', run }, why, ...report);
  const waitMs = ready === null ? startSeconds * 1000 : (ready.delayMs ?? ready.timeoutMs);
  if (waitMs === 0) return enter(program, { name: 'running', run }, why, ...report);
  // A delay passes by itself. The timeout for a sign begins again: the program may have given it while no engine ran.
  const passedMs = ready === null || ready.delayMs !== undefined ? upMs : 0;
  const arm: Action = { kind: 'arm', afterMs: Math.max(0, waitMs - passedMs) };
  return enter(program, { name: 'starting', run }, why, ...report, arm);
}
