import { runsOf } from '../../policy/lifecycle/state.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { MarkOwner, RunMarks } from '../os/run-mark.ts';
import { signalExactly } from '../os/send-signal.ts';
import type { Records } from '../records/records.ts';
import type { Sampler, EscapedProcess } from '../sampling/sampler.ts';

interface EscapeSearch {
  readonly programs: ReadonlyMap<string, ManagedProgram>;
  readonly sampler: Pick<Sampler, 'escaped'>;
  readonly marks: RunMarks;
  readonly isProbing: (id: string, probeNumber: number) => boolean;
  readonly records: Pick<Records, 'record' | 'commit'>;
  /** Keeps a daemon of a live run in the cgroup of its program. */
  readonly keep: (id: string, daemon: EscapedProcess) => void;
}

/**
 * Kills processes that left their process group and outlived their run or health check. They are found when the kernel
 * reparents them to the engine. Other unexpected children are left alone: daemons of a live run and, if the engine is PID 1,
 * any orphan.
 */
export function endEscaped({ programs, sampler, marks, isProbing, records, keep }: EscapeSearch): void {
  const escaped = sampler.escaped(mainPidsOf(programs));
  if (escaped.length === 0) return;
  for (const found of escaped) {
    const { pid, name } = found;
    const owner = marks.ownerOfProcess(found);
    if (owner === null) continue;
    if (!isToBeEnded(owner, programs.get(owner.id), isProbing)) {
      if (owner.kind === 'run') keep(owner.id, found);
      continue;
    }
    if (!signalExactly(found, 'SIGKILL')) continue;
    const whose = owner.kind === 'run' ? 'an earlier run' : 'a health check';
    const reason = `killed "${name}", which ${whose} left behind`;
    records.record({ kind: 'leftovers-ended', process: owner.id, pid, reason, data: {} });
  }
  records.commit();
}

function mainPidsOf(programs: EscapeSearch['programs']): ReadonlySet<number> {
  const mains = new Set<number>();
  for (const { program } of programs.values()) for (const { pid } of runsOf(program.state)) mains.add(pid);
  return mains;
}

function isToBeEnded(
  { id, kind, number }: MarkOwner,
  entry: ManagedProgram | undefined,
  isProbing: EscapeSearch['isProbing'],
): boolean {
  if (kind === 'check') return !isProbing(id, number);
  if (entry === undefined || entry.program.spec.leftovers === 'leave') return false;
  return runsOf(entry.program.state).every((run) => run.number !== number);
}
