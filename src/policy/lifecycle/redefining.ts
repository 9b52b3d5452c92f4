import { NO_FAILURES } from '../restart.ts';
import { type Decision, emit } from './actions.ts';
import { type Circumstances, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { launch } from './launching.ts';
import { cooldownResetRequested } from './starting.ts';
import type { Program } from './state.ts';

const WHY = 'started: its definition was changed';

/** Starts a program that waits or failed, before its time, because the cause of its failures may be fixed. */
export function retried(
  program: Program,
  fact: FactOf<'cooldownResetRequested' | 'definitionChanged'>,
  circumstances: Circumstances,
): Decision {
  return fact.kind === 'definitionChanged'
    ? definitionChanged(program, circumstances)
    : cooldownResetRequested(program, circumstances);
}

/**
 * Starts a program that failed, or that waits for its next attempt, after its definition was changed: the change is meant
 * to fix the cause, so earlier failures do not count against it. Other programs use the new definition at their next start.
 */
function definitionChanged(program: Program, circumstances: Circumstances): Decision {
  const { name } = program.state;
  if (name !== 'backoff' && name !== 'cooldown' && name !== 'failed') return ignore(program);
  const decision = launch({ ...program, counters: NO_FAILURES }, 'config', WHY, circumstances);
  const ended = name === 'cooldown' ? [emit('cooldown-ended', WHY)] : [];
  return { ...decision, actions: [...ended, ...decision.actions] };
}
