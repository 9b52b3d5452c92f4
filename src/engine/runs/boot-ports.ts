import { uptime } from 'node:os';
import { CLOCK_TICKS_PER_SECOND } from '../../base/proc-stat.ts';
import type { Moment } from '../../policy/moment.ts';
import type { Clock } from '../core/clock.ts';
import type { AdoptionPorts, BootPorts } from '../definitions/heirs.ts';
import type { InstanceCensus } from '../os/instance-census.ts';
import type { ProcessTree } from '../os/process-tree.ts';
import { identityOf } from './identity-of.ts';

interface Parts {
  readonly clock: Clock;
  readonly tree: ProcessTree;
}

/** What the log collector knows about runs of the previous engine. */
export type WitnessPorts = Pick<BootPorts, 'exitOf' | 'hasWitness' | 'lastFollowedRun' | 'recoverOutput'>;

/** What the runner contributes. */
interface Adopting extends Pick<AdoptionPorts, 'followAdopted' | 'endProcesses'> {
  readonly census: () => InstanceCensus;
  readonly leftOutput: Pick<AdoptionPorts, 'followUnclaimed'>;
}

/** Returns what the adoption of running processes needs, with the processes as they are now. */
export function createAdoptionPorts(runner: Adopting, { clock, tree }: Parts): AdoptionPorts {
  return {
    isPaused: (target) => tree.isStopped(identityOf(target)),
    momentOf: (startTicks) => momentOf(clock, startTicks),
    census: runner.census(),
    followUnclaimed: (spec, process) => runner.leftOutput.followUnclaimed(spec, process),
    followAdopted: (spec, target) => runner.followAdopted(spec, target),
    endProcesses: (processes) => runner.endProcesses(processes),
  };
}

/** Returns what the boot of an engine needs. */
export function createBootPorts(adoption: AdoptionPorts, { clock, tree }: Parts, witnessed: WitnessPorts): BootPorts {
  return {
    ...witnessed,
    ...adoption,
    clock,
    isAlive: (target) => tree.isAlive(identityOf(target)),
    hasLeftovers: (target) => tree.hasLeftovers(identityOf(target), true),
  };
}

/** Converts the start time of a process, in clock ticks since boot. */
export function momentOf(clock: Clock, startTicks: number): Moment {
  const { mono, wall } = clock.now();
  const ageMs = Math.max(0, uptime() - startTicks / CLOCK_TICKS_PER_SECOND) * 1000;
  return { mono: mono - ageMs, wall: Math.round(wall - ageMs) };
}
