import { seconds } from '../exit-facts.ts';
import { type Decision, tell } from './actions.ts';
import { after, type Circumstances, enter, ignore } from './decide.ts';
import { describeForced } from './ending.ts';
import type { Program, StateOf } from './state.ts';
import { launch } from './launching.ts';
import { withoutHistory } from './starting.ts';
import { force, killing } from './stopping.ts';
import { restraintNow, withholdStart } from './withholding.ts';

/** The one timer of the program's state ran out; what it was for follows from the state. */
export function timeElapsed(program: Program, circumstances: Circumstances): Decision {
  const { state } = program;
  switch (state.name) {
    case 'starting': {
      const why = `up since ${seconds(program.spec.startSeconds * 1000)}`;
      return enter(program, { name: 'running', run: state.run }, program.why, tell('running', why, state.run.pid));
    }
    case 'stopping':
      return stopTimeElapsed(program, state);
    case 'backoff': {
      const restraint = restraintNow(program, circumstances);
      if (restraint !== null) return withholdStart(program, restraint);
      return launch(program, state.cause, program.why, circumstances);
    }
    case 'cooldown': {
      const restraint = restraintNow(program, circumstances);
      if (restraint !== null) return withholdStart(program, restraint);
      const why = 'the cooldown is over: one fresh try';
      return after([tell('cooldown-ended', why)], launch(withoutHistory(program), 'cooldown', why, circumstances));
    }
    case 'disabled':
    case 'stopped':
    case 'waiting':
    case 'launching':
    case 'running':
    case 'paused':
    case 'failed':
    case 'exited':
      return ignore(program);
  }
}

function stopTimeElapsed(program: Program, state: StateOf<'stopping'>): Decision {
  switch (state.stage) {
    case 'graceful':
      return force(program, state, `${program.why}; did not end in time, so it was killed`);
    case 'forced': {
      const why = describeForced(program);
      const told = tell('terminate-failed', why, state.run.pid);
      return enter(program, { ...state, stage: 'stuck' }, why, told, ...killing(program, state.run));
    }
    case 'stuck':
      return { program, actions: killing(program, state.run) };
  }
}
