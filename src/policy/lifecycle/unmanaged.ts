import type { Decision } from './actions.ts';
import { enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { phased, type Program } from './state.ts';

/** What to do about unmanaged processes of the same name that run while a program does not. */
export type UnmanagedPolicy = 'adopt' | 'mention' | 'ignore';

/**
 * Returns what to do if unmanaged processes of a program's name appear (`adopt: by-name`). It is healed like a
 * process that healer started; only a program that the operator has stopped stays stopped.
 */
export function unmanagedPolicy({ spec, state, runs }: Program): UnmanagedPolicy {
  if (spec.adopt !== 'by-name' || spec.shell) return 'ignore';
  switch (phased(state).phase) {
    case 'idle':
      return state.name === 'stopped' && runs > 0 ? 'mention' : 'adopt';
    case 'pending':
      return 'adopt';
    case 'disabled':
    case 'launching':
    case 'up':
    case 'paused':
    case 'stopping':
      return 'ignore';
  }
}

/** Mentions unmanaged processes that are not adopted in the reason of the state, or no longer if they are gone. */
export function unmanagedSeen(program: Program, { pids }: FactOf<'unmanagedSeen'>): Decision {
  const { state, spec } = program;
  if (state.name !== 'stopped' && state.name !== 'exited' && state.name !== 'failed') return ignore(program);
  const why = state.mention?.why ?? program.why;
  if (pids.length === 0)
    return state.mention === undefined ? ignore(program) : enter(program, { name: state.name }, why);
  const note = describeUnmanaged(spec.command, pids, spec.id);
  return enter(program, { name: state.name, mention: { why } }, `${why}; ${note}`);
}

function describeUnmanaged(command: string, pids: readonly number[], id: string): string {
  const name = command.slice(command.lastIndexOf('/') + 1);
  const [pid] = pids;
  if (pids.length === 1)
    return `an unmanaged "${name}" is running (pid ${String(pid)}): "healer start ${id}" adopts it`;
  return `several unmanaged "${name}" processes are running (pids ${pids.join(', ')}), so none is adopted`;
}
