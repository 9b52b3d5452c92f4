import { seconds } from '../exit-facts.ts';
import { emit, type Decision } from './actions.ts';
import { after, type Circumstances, ignore } from './decide.ts';
import type { FactOf } from './facts.ts';
import { phased, type Program } from './state.ts';
import { beginStop } from './stopping.ts';
import { emitSuppressed, suppressionNow } from './suppressing.ts';

/** Stops a run that takes longer than `maxRuntimeMs`, with the time of a stop: it is late, but works. */
export function runTimeExceeded(
  program: Program,
  { limitMs }: FactOf<'runTimeExceeded'>,
  circumstances: Circumstances,
): Decision {
  const { phase, state } = phased(program.state);
  if (phase !== 'up' && phase !== 'paused') return ignore(program);
  const fault = `run time exceeded limit ${seconds(limitMs)}`;
  const report = emit('limit-runtime', fault, state.run.pid, { limitMs });
  const suppression = suppressionNow(program, circumstances);
  if (suppression !== null) {
    return { program, actions: [report, ...emitSuppressed(program.spec, { suppression, fault, pid: state.run.pid })] };
  }
  const goal = { kind: 'heal', fault, cause: 'limit' } as const;
  return after([report], beginStop(program, state, { goal, why: `stopped: ${fault}`, graceful: true, graceMs: null }));
}
