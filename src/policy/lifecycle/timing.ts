import { seconds } from '../exit-facts.ts';
import { type Decision, emit } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import { describeForced } from './ending.ts';
import type { Program, StateOf } from './state.ts';
import { launch } from './launching.ts';
import { startElapsed } from './readiness.ts';
import { withoutHistory } from './starting.ts';
import { force, killing } from './stopping.ts';
import { suppressionNow, suppressStart } from './suppressing.ts';
import { dependencyChanged } from './waiting.ts';

/** Handles the timer of the program's state; the state says what the timer was for. */
export function timeElapsed(program: Program, circumstances: Circumstances): Decision {
  const { state } = program;
  switch (state.name) {
    case 'starting':
      return startElapsed(program, state, circumstances);
    case 'stopping':
      return stopTimeElapsed(program, state);
    case 'backoff': {
      const suppression = suppressionNow(program, circumstances);
      if (suppression !== null) return suppressStart(program, suppression);
      return launch(program, state.cause, state.restartWhy ?? program.why, circumstances);
    }
    case 'cooldown': {
      const suppression = suppressionNow(program, circumstances);
      if (suppression !== null) return suppressStart(program, suppression);
      const ended = emit('cooldown-ended', 'cooldown ended; restarting');
      return after([ended], launch(withoutHistory(program), 'cooldown', 'restarted after its cooldown', circumstances));
    }
    case 'waiting':
      return state.lacking === undefined ? ignore(program) : dependencyChanged(program, circumstances);
    case 'disabled':
    case 'stopped':
    case 'launching':
    case 'running':
    case 'paused':
    case 'failed':
    case 'exited':
      return ignore(program);
  }
}

/** Returns what is known about a stop that timed out. Why the program did not exit is unknown. */
function describeForceKill({ exit, sent }: StateOf<'stopping'>): string {
  const what = exit === null ? 'force killed' : 'leftover processes force killed';
  if (sent === undefined) return `${what}: still running at the stop timeout`;
  // Leftover processes of a stop are signaled later than the main process.
  return exit === null
    ? `${what}: still running ${seconds(sent.timeoutMs)} after ${sent.signal}`
    : `${what}: still running at the stop timeout of ${seconds(sent.timeoutMs)}`;
}

function stopTimeElapsed(program: Program, state: StateOf<'stopping'>): Decision {
  switch (state.stage) {
    case 'graceful':
      return force(program, state, `${program.why}; ${describeForceKill(state)}`);
    case 'forced': {
      const why = describeForced(program);
      const report = emit('terminate-failed', why, state.run.pid);
      return enter(program, { ...state, stage: 'stuck' }, why, report, ...killing(program, state.run));
    }
    case 'stuck':
      return { program, actions: killing(program, state.run) };
  }
}
