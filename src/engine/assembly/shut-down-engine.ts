import { rmSync } from 'node:fs';
import type { ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import { type ShutdownOptions, stopAll } from '../operations/shutdown.ts';
import { runsCommands } from './runs-commands.ts';
import type { RunningEngine } from './running-engine.ts';

type StoppingEngine = Omit<RunningEngine, 'status' | 'rowWatchers' | 'clients' | 'peer' | 'neighbors' | 'exits'>;

/** Stops the programs, or leaves them to the next engine, and then closes everything that the engine itself holds. */
export async function shutDownEngine(it: StoppingEngine, options: ShutdownOptions): Promise<ShutdownResult> {
  const { keep } = options;
  const { engine, operations, records, runner, parts } = it;
  it.sources.close();
  it.health.close();
  const reason = keep ? 'the engine is shutting down and leaves its programs running' : 'the engine is shutting down';
  records.recordEngineEvent('engine-stopping', reason);
  const result = await stopAll({ engine, operations, clock: parts.clock }, options);
  it.usage.close();
  it.sampling.close();
  if ([...engine.programs.values()].some(({ program }) => runsCommands(program.spec))) runner.endLostChecks();
  if (!keep) await endEscaped(it);
  it.schedules.close();
  it.healing.close();
  engine.close();
  if (!keep) forgetRuns(it);
  records.commit();
  await it.alerting.close();
  runner.close(keep);
  await parts.logs.close(!keep);
  // The pipes are useless once the programs have exited.
  if (!keep) rmSync(parts.paths.pipesDir, { recursive: true, force: true });
  records.close();
  return result;
}

/**
 * Terminates all processes that still carry a mark of this instance, such as daemons of an earlier engine that belong
 * to no known run.
 */
async function endEscaped({ engine, runner }: StoppingEngine): Promise<void> {
  const leaving = (id: string): boolean => engine.programs.get(id)?.program.spec.leftovers === 'leave';
  await runner.endProcesses(runner.census().processes.filter(({ owner }) => !leaving(owner.id)));
}

/** Programs that were stopped by the shutdown start from scratch with the next engine; disabled programs stay disabled. */
function forgetRuns({ engine, stores }: StoppingEngine): void {
  for (const { id, program } of engine.programs.values()) {
    if (program.state.name !== 'disabled') stores.state.remove(id);
    if (program.state.name !== 'cooldown') stores.cooldown.remove(id);
  }
  stores.state.compact();
}
