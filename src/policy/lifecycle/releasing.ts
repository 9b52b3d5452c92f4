import type { Decision } from './actions.ts';
import { type Circumstances, enter, ignore } from './decide.ts';
import type { Program } from './state.ts';
import { timeElapsed } from './timing.ts';
import { dependencyChanged } from './waiting.ts';
import { suppressionNow } from './suppressing.ts';

/** Performs the restarts that were suppressed, once healing is no longer suppressed. */
export function healingChanged(program: Program, circumstances: Circumstances): Decision {
  const { state } = program;
  if (suppressionNow(program, circumstances) !== null) return ignore(program);
  switch (state.name) {
    case 'backoff':
    case 'cooldown': {
      const leftMs = state.until.mono - circumstances.now.mono;
      if (leftMs <= 0) return timeElapsed(program, circumstances);
      return enter(program, state, program.why, { kind: 'arm', afterMs: leftMs });
    }
    case 'waiting':
      return dependencyChanged(program, circumstances);
    case 'disabled':
    case 'stopped':
    case 'launching':
    case 'starting':
    case 'running':
    case 'paused':
    case 'stopping':
    case 'failed':
    case 'exited':
      return ignore(program);
  }
}
