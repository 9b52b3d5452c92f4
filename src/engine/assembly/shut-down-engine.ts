import { removePipesFolder } from '../../config/instance/pipes-folder.ts';
import { runOf } from '../../policy/lifecycle/state.ts';
import type { ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import { type ShutdownOptions, stopAll } from '../operations/shutdown.ts';
import type { MarkedProcess } from '../os/instance-census.ts';
import type { MarkOwner } from '../os/run-mark.ts';
import type { Watchers } from '../core/watchers.ts';
import { runsCommands } from './runs-commands.ts';
import type { RunningEngine } from './running-engine.ts';

type StoppingEngine = Omit<
  RunningEngine,
  'status' | 'rowWatchers' | 'clients' | 'unsent' | 'peer' | 'neighbors' | 'exits'
>;

/** Stops the programs, or leaves them to the next engine, and then closes everything that the engine itself holds. */
export async function shutDownEngine(
  it: StoppingEngine,
  options: ShutdownOptions,
  onShortened?: Watchers<[timeoutMs: number]>,
): Promise<ShutdownResult> {
  const { keep } = options;
  const { engine, operations, records, runner, parts } = it;
  it.sources.close();
  it.health.close();
  it.readiness.close();
  it.watchdogs.close();
  const reason = keep ? 'the engine is shutting down and leaves its programs running' : 'the engine is shutting down';
  records.recordEngineEvent('engine-stopping', reason, keep ? {} : { stopsPrograms: true });
  const result = await stopAll(
    {
      engine,
      operations,
      clock: parts.clock,
      ...(onShortened === undefined ? {} : { onShortened }),
      reportSlow: (ids) => announceSlow(records, ids),
    },
    options,
  );
  await it.commands.close({ patienceMs: COMMANDS_MS, startsMs: COMMAND_STARTS_MS });
  it.usage.close();
  it.sampling.close();
  if ([...engine.programs.values()].some(({ program }) => runsCommands(program.spec))) runner.endLostChecks();
  const found = keep ? {} : await endEscaped(it, result);
  it.schedules.close();
  it.runTimes.close();
  it.healing.close();
  engine.close();
  if (!keep) forgetRuns(it);
  records.commit();
  await it.alerting.close();
  runner.close(keep);
  await parts.logs.close(!keep);
  // The pipes are useless once the programs have exited.
  if (!keep && result.kept.length === 0) removePipesFolder(parts.paths.pipesDir);
  records.close();
  return { ...result, ...found };
}

/** How long a shutdown waits for hooks of programs that it stopped, in ms. */
const COMMANDS_MS = 2_000;
/** How long to start commands of many programs that stopped at once, in ms. */
const COMMAND_STARTS_MS = 15_000;
const NAMED_PROGRAMS = 5;

/** Records what the shutdown waits for, and how to shorten it. */
function announceSlow(records: StoppingEngine['records'], ids: readonly string[]): void {
  const named = ids.slice(0, NAMED_PROGRAMS).map((id) => `"${id}"`);
  const rest = ids.length > named.length ? ` and ${String(ids.length - named.length)} more` : '';
  const how = 'run "healer down --timeout 2s", or press Ctrl-C again in the foreground, to kill what is left';
  records.announce('engine-stopping', `still waiting for ${named.join(', ')}${rest} to exit; ${how}`, {
    waitingFor: ids.slice(0, NAMED_PROGRAMS),
  });
}

/**
 * Terminates all processes that still carry a mark of this instance, such as daemons of an earlier engine that belong
 * to no known run. Those of a program that is not known any more are left if their run was started that way.
 */
async function endEscaped(
  { runner, engine }: StoppingEngine,
  { kept }: ShutdownResult,
): Promise<Pick<ShutdownResult, 'escapedEnded' | 'survivors'>> {
  const isLeft = ({ id, leaves }: MarkOwner): boolean =>
    kept.includes(id) || runner.leaves(id) || (leaves === true && !engine.programs.has(id));
  const find = (): readonly MarkedProcess[] => runner.census().processes.filter(({ owner }) => !isLeft(owner));
  const escaped = find();
  if (escaped.length === 0) return { escapedEnded: 0, survivors: [] };
  await runner.endProcesses(escaped);
  const survivors = find().map(({ owner, stat }) => ({ id: owner.id, pid: stat.pid }));
  return { escapedEnded: Math.max(0, escaped.length - survivors.length), survivors };
}

/** Programs that were stopped by the shutdown start from scratch with the next engine; disabled programs stay disabled. */
function forgetRuns({ engine, stores }: StoppingEngine): void {
  for (const { id, program } of engine.programs.values()) {
    // The next engine adopts a program that could not be stopped.
    if (runOf(program.state) !== null) continue;
    if (program.state.name !== 'disabled') stores.state.remove(id);
    if (program.state.name !== 'cooldown') stores.cooldown.remove(id);
  }
  stores.state.compact();
}
