import { effectiveMode } from '../../policy/healing.ts';
import { publicName } from '../../policy/lifecycle/state.ts';
import type { EngineStatus, HealingModeName } from '../../protocol/snapshot.ts';
import type { ManagedProgram } from './managed-program.ts';

/** Counts programs by state, with their `total`. States that no program is in are omitted. */
export function countStates(programs: Iterable<ManagedProgram>): Record<string, number> {
  const counts: Record<string, number> = { total: 0 };
  for (const { program } of programs) {
    const name = publicName(program.state);
    counts[name] = (counts[name] ?? 0) + 1;
    counts['total'] = (counts['total'] ?? 0) + 1;
  }
  return counts;
}

/** Counts programs that pass and fail their health check. Programs without a check, or not checked yet, are not counted. */
export function countHealth(programs: Iterable<ManagedProgram>): EngineStatus['health'] {
  const counts = { healthy: 0, unhealthy: 0, unknown: 0 };
  for (const { program } of programs) counts[program.health] += 1;
  const { healthy, unhealthy } = counts;
  return { healthy, unhealthy };
}

/** Returns a sentence for each resource that programs wait for: "12 programs are waiting for memory: …". */
export function describeShortages(programs: Iterable<ManagedProgram>): readonly string[] {
  const counts = new Map<string, number>();
  for (const { program } of programs) {
    if (program.state.name !== 'waiting' || program.state.lacking === undefined) continue;
    counts.set(program.why, (counts.get(program.why) ?? 0) + 1);
  }
  return [...counts].map(([why, count]) => `${count === 1 ? '1 program is' : `${String(count)} programs are`} ${why}`);
}

/** Returns a line for service managers, such as "5 programs: 4 running, 1 backoff". */
export function describeCounts({ total = 0, ...states }: Readonly<Record<string, number>>): string {
  const programs = total === 1 ? '1 program' : `${String(total)} programs`;
  const named = Object.entries(states).map(([state, count]) => `${String(count)} ${state}`);
  return named.length === 0 ? programs : `${programs}: ${named.join(', ')}`;
}

/** Counts programs by whether their faults are healed (`on`), only observed, or healing is paused (`held`). */
export function countHealing(programs: Iterable<ManagedProgram>): Record<HealingModeName, number> {
  const counts = { on: 0, observed: 0, held: 0 };
  for (const { program, healing } of programs) counts[effectiveMode(program.spec, healing).mode] += 1;
  return counts;
}
