import { type Decision, emit } from './actions.ts';
import { after, type Circumstances, ignore } from './decide.ts';
import type { Program } from './state.ts';
import { launch } from './launching.ts';
import { overlapElapsed } from './overlapping.ts';
import { startElapsed } from './readiness.ts';
import { withoutHistory } from './starting.ts';
import { stopTimeElapsed } from './stop-progress.ts';
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
    case 'running':
      return overlapElapsed(program);
    case 'disabled':
    case 'stopped':
    case 'launching':
    case 'paused':
    case 'failed':
    case 'exited':
      return ignore(program);
  }
}
