import type { Decision } from './actions.ts';
import { after, type Circumstances } from './decide.ts';
import { launch } from './launching.ts';

/** Starts the run of a job that was queued while the previous one was running, once that has exited. */
export function startQueued(decision: Decision, circumstances: Circumstances): Decision {
  const { program, actions } = decision;
  const { queued, state } = program;
  if (queued === undefined) return decision;
  const unqueued = { ...program, queued: undefined };
  switch (state.name) {
    case 'exited':
    case 'failed':
      // Otherwise it stays queued until healing is resumed, or the next engine starts it.
      if (circumstances.suppression !== null && circumstances.suppression !== 'observed') return decision;
      return after(actions, launch(unqueued, 'start', `queued scheduled start ("${queued}")`, circumstances));
    case 'stopped':
    case 'disabled':
      return { program: unqueued, actions };
    case 'waiting':
    case 'launching':
    case 'starting':
    case 'running':
    case 'paused':
    case 'stopping':
    case 'backoff':
    case 'cooldown':
      return decision;
  }
}
