import { tell } from './actions.ts';
import type { Decision } from './actions.ts';
import { type Circumstances, enter, ignore } from './decide.ts';
import { endRun } from './ending.ts';
import type { FactOf } from './facts.ts';
import { isRestart, launch } from './launching.ts';
import { phased, type Program } from './state.ts';

/** Starts what rests, where its dependencies allow it. A cooldown is over with it; what is ending is started again. */
export function startAsked(program: Program, fact: FactOf<'startAsked'>, circumstances: Circumstances): Decision {
  const { phase, state } = phased(program.state);
  switch (phase) {
    case 'idle':
    case 'pending':
      return state.name === 'cooldown'
        ? launch(withoutHistory(program), 'start', whoStarts(fact), circumstances)
        : launch(program, fact.by === 'boot' ? 'boot' : 'start', whoStarts(fact), circumstances);
    case 'stopping':
      return state.goal.kind === 'remove'
        ? ignore(program)
        : enter(program, { ...state, goal: { kind: 'restart', cause: 'operator' } }, 'to be started again as asked');
    case 'disabled':
    case 'launching':
    case 'up':
    case 'paused':
      return ignore(program);
  }
}

/** Another program is to be started and depends on this one. What is on its way already is left to its course. */
export function neededByOther(
  program: Program,
  { by }: FactOf<'neededByOther'>,
  circumstances: Circumstances,
): Decision {
  const { phase, state } = phased(program.state);
  const why = `started because "${by}" depends on it`;
  switch (phase) {
    case 'idle':
      return launch(program, 'start', why, circumstances);
    case 'stopping':
      return state.goal.kind === 'stop'
        ? enter(program, { ...state, goal: { kind: 'restart', cause: 'operator' } }, why)
        : ignore(program);
    case 'disabled':
    case 'launching':
    case 'up':
    case 'paused':
    case 'pending':
      return ignore(program);
  }
}

function whoStarts(fact: FactOf<'startAsked'>): string {
  return fact.by === 'boot' ? 'started with the engine' : 'started by the operator';
}

/** The program with its window and delays cleared, as after a cooldown; its consecutive failures stay. */
export function withoutHistory(program: Program): Program {
  return { ...program, counters: { ...program.counters, backoffStep: 0, history: [] } };
}

/** The start that was intended has happened. */
export function spawned(program: Program, { run, note }: FactOf<'spawned'>): Decision {
  const { state } = program;
  const why = note === undefined ? program.why : `${program.why}; ${note}`;
  // The spawn is one system call in one turn of the mailbox, so no other state can be there to hear of it.
  if (state.name !== 'launching') return ignore(program);
  const event = isRestart(state.cause) ? 'restarted' : 'started';
  const told = tell(event, why, run.pid, { run: run.number, cause: state.cause });
  // Its startup check says when it is up, however long that takes.
  if (program.spec.health !== null) return enter(program, { name: 'starting', run }, why, told);
  const startupMs = program.spec.startSeconds * 1000;
  if (startupMs === 0) return enter(program, { name: 'running', run }, why, told);
  return enter(program, { name: 'starting', run }, why, told, { kind: 'arm', afterMs: startupMs });
}

/** A start that could not be executed counts as a failed run. */
export function spawnFailed(program: Program, fact: FactOf<'spawnFailed'>, circumstances: Circumstances): Decision {
  if (program.state.name !== 'launching') return ignore(program);
  return endRun(program, { kind: 'spawn-failed', problem: fact.problem }, circumstances);
}

const TAKEN_OVER =
  'was running already and was taken over; its output is not in the log before healer starts it itself';

/** A program of an earlier engine, or of somebody else, that is alive. Nothing was started, so nothing is counted. */
export function adopted(program: Program, { run, paused }: FactOf<'adopted'>): Decision {
  switch (phased(program.state).phase) {
    case 'disabled':
    case 'launching':
    case 'pending':
    case 'idle': {
      const why = run.foreign === true ? TAKEN_OVER : 'survived its engine and was taken over';
      const known = { ...program, runs: Math.max(program.runs, run.number) };
      return enter(known, { name: paused ? 'paused' : 'running', run }, why, tell('adopted', why, run.pid));
    }
    case 'up':
    case 'paused':
    case 'stopping':
      return ignore(program);
  }
}

/** Allows a disabled program to be started, and starts it. */
export function enableAsked(program: Program, circumstances: Circumstances): Decision {
  if (program.state.name !== 'disabled') return ignore(program);
  const decision = launch(program, 'start', 'enabled by the operator', circumstances);
  return { ...decision, actions: [tell('enabled', 'enabled by the operator'), ...decision.actions] };
}

/** Ends the rest of a program before its time, and starts it. */
export function cooldownResetAsked(program: Program, circumstances: Circumstances): Decision {
  if (program.state.name !== 'cooldown') return ignore(program);
  const why = 'cooldown ended by the operator';
  const decision = launch(withoutHistory(program), 'cooldown', why, circumstances);
  return { ...decision, actions: [tell('cooldown-ended', why), ...decision.actions] };
}
