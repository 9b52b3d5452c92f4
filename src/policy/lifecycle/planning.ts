import type { HealingMode } from '../healing.ts';
import { type Decision, emit } from './actions.ts';
import { after, type Circumstances, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { launch } from './launching.ts';
import { isUp, phased, type Program } from './state.ts';
import { beginStop } from './stopping.ts';

type Due = FactOf<'restartDue'>;

/**
 * Performs a scheduled run: restarts what runs, and starts what has exited or was never started. It is not a fault, so it
 * does not count as one. A run that is skipped although the program is meant to be up is reported.
 */
export function restartDue(program: Program, fact: Due, circumstances: Circumstances): Decision {
  if (circumstances.suppression === 'shutting-down') return ignore(program);
  const { phase, state } = phased(program.state);
  switch (phase) {
    case 'up':
      if (program.spec.restart.policy === 'never') return overlapped(program, fact, circumstances);
      return state.name === 'running' ? restart(program, fact, circumstances) : skip(program, fact, 'it is starting');
    case 'idle':
      return canStart(program) ? start(program, fact, circumstances) : ignore(program);
    case 'paused':
      return skip(program, fact, 'it is paused');
    case 'pending':
      return skip(program, fact, `it is in the state ${state.name} and starts by itself`);
    case 'stopping':
      return state.goal.kind === 'stop' || state.goal.kind === 'disable' || state.goal.kind === 'remove'
        ? ignore(program)
        : skip(program, fact, 'it is being stopped');
    case 'disabled':
    case 'launching':
      return ignore(program);
  }
}

/** Applies `scheduling.overlap` to a job that still runs. */
function overlapped(program: Program, fact: Due, circumstances: Circumstances): Decision {
  switch (program.spec.scheduling.overlap) {
    case 'skip':
      return skip(program, fact, 'the previous run has not exited (scheduling.overlap: skip)');
    case 'queue': {
      if (program.queued !== undefined) return skip(program, fact, 'a run is queued already');
      const why = `queued the run on schedule "${fact.schedule}" until the current one exits`;
      const data = { schedule: fact.schedule, queued: true };
      return { program: { ...program, queued: fact.schedule }, actions: [emit('scheduled-restart', why, null, data)] };
    }
    case 'replace':
      return restart(program, fact, circumstances);
  }
}

function restart(program: Program, fact: Due, { suppression }: Circumstances): Decision {
  const { state } = program;
  if (!isUp(state)) return ignore(program);
  const why = `scheduled restart ("${fact.schedule}")`;
  if (suppression === 'held') return hold(program, fact, 'restarted', state.run.pid);
  const stopping = beginStop(program, state, {
    goal: { kind: 'restart', cause: 'schedule' },
    why,
    graceful: true,
    graceMs: null,
  });
  return after([emit('scheduled-restart', why, state.run.pid, { schedule: fact.schedule })], stopping);
}

function start(program: Program, fact: Due, circumstances: Circumstances): Decision {
  if (circumstances.suppression === 'held') return hold(program, fact, 'started', null);
  const late = fact.missedAt === undefined ? '' : `, which was missed at ${fact.missedAt} while no engine was running`;
  const why = `scheduled start ("${fact.schedule}"${late})`;
  const event = emit('scheduled-restart', why, null, { schedule: fact.schedule });
  return after([event], launch(program, 'start', why, circumstances));
}

function hold(program: Program, { schedule }: Due, would: string, pid: number | null): Decision {
  const story = `would have ${would} on schedule "${schedule}"; healing is paused`;
  return { program, actions: [emit('would-restart', story, pid, { because: 'held' })] };
}

function skip(program: Program, { schedule }: Due, why: string): Decision {
  const data = { schedule, skipped: true };
  return {
    program,
    actions: [emit('scheduled-restart', `skipped the run on schedule "${schedule}": ${why}`, null, data)],
  };
}

/** A program that an operator stopped stays stopped; one that was never started may be a job without autostart. */
function canStart({ state, runs }: Program): boolean {
  return state.name === 'exited' || state.name === 'failed' || (state.name === 'stopped' && runs === 0);
}

/** Returns why the schedule of a program causes no run as things are; null if it will. */
export function scheduleObstacle(program: Program, { mode }: HealingMode): string | null {
  const { phase, state } = phased(program.state);
  if (mode === 'held' && phase !== 'disabled') return 'healing is paused';
  switch (phase) {
    case 'up':
    case 'launching':
    case 'pending':
      return null;
    case 'idle':
      return canStart(program) ? null : 'it was stopped by the operator';
    case 'paused':
      return 'it is paused';
    case 'stopping':
      return state.goal.kind === 'stop' || state.goal.kind === 'disable' ? 'it is being stopped' : null;
    case 'disabled':
      return 'it is disabled';
  }
}
