import { seconds } from '../exit-facts.ts';
import { type Action, type Decision, emit } from './actions.ts';
import { enter, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import type { Program, Run, StateOf } from './state.ts';
import type { StopStep } from './stop-steps.ts';

type Stopping = StateOf<'stopping'>;

interface Words {
  /** Why the program is in its state. */
  readonly why: string;
  /** What the event says before the step. */
  readonly report: string;
}

/** Takes the first of these steps of a graceful stop, and keeps the others for later. */
export function takeStep(
  program: Program,
  stopping: Stopping,
  [step, ...others]: readonly StopStep[],
  { why, report }: Words,
): Decision {
  if (step === undefined) return force(program, stopping, why);
  const { run } = stopping;
  const next = others.length === 0 ? undefined : others;
  const base: Stopping = { ...withoutStep(stopping), ...(next === undefined ? {} : { next }) };
  const timer: Action = { kind: 'arm', afterMs: step.waitMs };
  const time = `waiting up to ${seconds(step.waitMs)}`;
  if (step.kind === 'command') {
    const state: Stopping = { ...base, commandMs: step.waitMs };
    const story = `${report}; running the stop command, ${time}`;
    return enter(
      program,
      state,
      why,
      emit('stopping', story, run.pid, goalData(state)),
      { kind: 'runStopCommand', run, timeoutMs: step.waitMs },
      timer,
    );
  }
  const { signal, waitMs } = step;
  const state: Stopping = { ...base, sent: { signal, timeoutMs: waitMs } };
  // If its main process has exited or is not known, all of its processes are stopped.
  const to = stopping.exit === null ? program.spec.stop.target : 'tree';
  return enter(
    program,
    state,
    why,
    emit('stopping', `${report}; sent ${signal}, ${time}`, run.pid, goalData(state)),
    { kind: 'sendStop', run, signal, to },
    timer,
  );
}

function withoutStep({ name, run, goal, stage, exit, left }: Stopping): Stopping {
  return { name, run, goal, stage, exit, ...(left === undefined ? {} : { left }) };
}

/** Returns what follows the stop, for an engine that finds the event but not the state that belongs to it. */
export function goalData({ goal: { kind, ...more } }: Stopping): Readonly<Record<string, unknown>> {
  return { goal: kind, ...more };
}

/** Sends SIGKILL to the whole tree. */
export function force(program: Program, state: Stopping, why: string): Decision {
  return enter(
    program,
    { ...state, stage: 'forced' },
    why,
    emit('killed', why, state.run.pid, { signal: 'SIGKILL', ...goalData(state) }),
    ...killing(program, state.run),
  );
}

/** Returns the actions that send SIGKILL and arm a timer for the check whether the tree is gone. */
function killing(program: Program, run: Run): Action[] {
  return [
    { kind: 'killTree', run },
    { kind: 'arm', afterMs: program.spec.stop.forceTimeoutMs },
  ];
}

/** Continues a stop at once if the stop command failed. If it succeeded, the program has the rest of the time to exit. */
export function stopCommandEnded(program: Program, { ok, outcome }: FactOf<'stopCommandEnded'>): Decision {
  const { state } = program;
  if (state.name !== 'stopping' || state.stage !== 'graceful' || state.commandMs === undefined) return ignore(program);
  if (ok) return ignore(program);
  return takeStep(program, state, state.next ?? [], {
    why: program.why,
    report: `the stop command ${outcome}`,
  });
}

/** Returns whether a recorded stop was within a known step: only stops of several steps are recorded with it. */
export function hasStep({ stage, exit, sent, commandMs }: Stopping): boolean {
  return stage === 'graceful' && exit === null && (sent !== undefined || commandMs !== undefined);
}

/**
 * Continues the step in which the previous engine was killed. Its signal was sent before the step was recorded, and many
 * programs treat a second one as a request to exit at once; the stop command died with that engine.
 */
export function continueStop(program: Program, state: Stopping, why: string): Decision {
  const { run, sent, commandMs } = state;
  const waitMs = commandMs ?? sent?.timeoutMs ?? 0;
  const command: Action[] = commandMs === undefined ? [] : [{ kind: 'runStopCommand', run, timeoutMs: commandMs }];
  const step = sent === undefined ? 'running the stop command again' : `${sent.signal} was sent`;
  const story = `${why}; continuing after the engine restarted: ${step}, waiting up to ${seconds(waitMs)}`;
  const report = emit('stopping', story, run.pid, goalData(state));
  return enter(program, state, why, report, ...command, { kind: 'arm', afterMs: waitMs });
}

/** Handles the timer of a stop: takes the next step, sends SIGKILL, or reports that even SIGKILL had no effect. */
export function stopTimeElapsed(program: Program, state: Stopping): Decision {
  switch (state.stage) {
    case 'graceful':
      return state.next === undefined || state.next.length === 0
        ? force(program, state, `${program.why}; ${describeForceKill(state)}`)
        : takeStep(program, state, state.next, { why: program.why, report: describeSurvival(state) });
    case 'forced': {
      const why = describeForced(program);
      const report = emit('terminate-failed', why, state.run.pid);
      return enter(program, { ...state, stage: 'stuck' }, why, report, ...killing(program, state.run));
    }
    case 'stuck':
      return { program, actions: killing(program, state.run) };
  }
}

/** Returns what is known about a stop that timed out. Why the program did not exit is unknown. */
function describeForceKill(state: Stopping): string {
  const { exit, sent, commandMs } = state;
  const what = exit === null ? 'force killed' : 'leftover processes force killed';
  if (sent === undefined && commandMs === undefined) return `${what}: still running at the stop timeout`;
  // Leftover processes of a stop are signaled later than the main process.
  if (exit === null) return `${what}: ${describeSurvival(state)}`;
  return `${what}: still running at the stop timeout of ${seconds(sent?.timeoutMs ?? commandMs ?? 0)}`;
}

function describeSurvival({ sent, commandMs = 0 }: Stopping): string {
  return sent === undefined
    ? `still running ${seconds(commandMs)} after the stop command was started`
    : `still running ${seconds(sent.timeoutMs)} after ${sent.signal}`;
}

/** Returns the reason for a process that survived SIGKILL. */
function describeForced(program: Program): string {
  return `still running ${seconds(program.spec.stop.forceTimeoutMs)} after SIGKILL (process in uninterruptible sleep?)`;
}
