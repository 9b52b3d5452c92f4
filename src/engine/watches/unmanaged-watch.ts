import { basename } from 'node:path';
import { type ExactIdentity, hasStartTime } from '../../base/process-identity.ts';
import { readProcStat } from '../../base/proc-stat.ts';
import { unmanagedPolicy } from '../../policy/lifecycle/unmanaged.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { DuplicateSearch } from '../core/ports.ts';
import { namesOf } from '../os/running-duplicates.ts';

/** What the watch needs from the rest of the engine. */
export interface UnmanagedWatchPorts {
  readonly engine: Pick<Engine, 'post' | 'programs' | 'onChange' | 'onForgotten'>;
  /** Returns the processes that appeared in the last sample. */
  readonly newcomers: () => readonly ExactIdentity[];
  readonly findDuplicates: (spec: ProcessSpec) => readonly ExactIdentity[];
  /** Adopts the unmanaged process of a program if there is exactly one. */
  readonly adopt: (spec: ProcessSpec, runNumber: number) => DuplicateSearch;
}

/** A short-lived process of the same name, such as one that passes a file to a running instance, is not adopted. */
const TICKS_TO_LAST = 2;
/** A program may execute another one right after its fork, so a newcomer is looked at in several samples. */
const LOOKS = 3;

/** A program that does not run although a process of its name may. */
interface Suspicion {
  readonly entry: ManagedProgram;
  /** The processes of the name with the number of ticks for which they have been known. */
  readonly seen: Map<number, ExactIdentity & { ticks: number }>;
  /** Whether to search for processes of the name in the next tick. */
  isDue: boolean;
  /** What the reason of the program's state mentions. */
  mentioned: string;
}

/**
 * Notices that a program with `adopt: by-name` was started outside of healer while it was not running, and adopts the process
 * or mentions it. A tick costs one look at each new process, and nothing while all such programs run.
 */
export class UnmanagedWatch {
  readonly #ports: UnmanagedWatchPorts;
  readonly #suspicions = new Map<string, Suspicion>();
  #recent: readonly (readonly ExactIdentity[])[] = [];

  constructor(ports: UnmanagedWatchPorts) {
    this.#ports = ports;
    ports.engine.onChange.add((entry) => this.#note(entry));
    ports.engine.onForgotten.add(({ id }) => this.#suspicions.delete(id));
  }

  /** Call it after each sample. */
  tick(): void {
    if (this.#suspicions.size === 0) {
      this.#recent = [];
      return;
    }
    this.#recent = [this.#ports.newcomers(), ...this.#recent].slice(0, LOOKS);
    this.#lookAtNewcomers();
    for (const suspicion of [...this.#suspicions.values()]) this.#follow(suspicion);
  }

  #note(entry: ManagedProgram): void {
    if (unmanagedPolicy(entry.program) === 'ignore') this.#suspicions.delete(entry.id);
    else if (!this.#suspicions.has(entry.id))
      this.#suspicions.set(entry.id, { entry, seen: new Map(), isDue: isIdle(entry), mentioned: '' });
  }

  #lookAtNewcomers(): void {
    const byName = new Map<string, Suspicion[]>();
    for (const suspicion of this.#suspicions.values()) {
      const name = basename(suspicion.entry.program.spec.command);
      byName.set(name, [...(byName.get(name) ?? []), suspicion]);
    }
    for (const { pid } of this.#recent.flat()) {
      for (const name of namesOf(pid)) for (const suspicion of byName.get(name) ?? []) suspicion.isDue = true;
    }
  }

  #follow(suspicion: Suspicion): void {
    const { entry, seen } = suspicion;
    if (!suspicion.isDue && [...seen.values()].every(isStillRunning)) {
      if (seen.size === 0 || [...seen.values()].every(({ ticks }) => ticks >= TICKS_TO_LAST)) return;
    }
    suspicion.isDue = false;
    const found = this.#ports.findDuplicates(entry.program.spec);
    const known = new Map(seen);
    seen.clear();
    for (const { pid, startTicks } of found) {
      const before = known.get(pid);
      const ticks = before?.startTicks === startTicks ? before.ticks + 1 : 0;
      seen.set(pid, { pid, startTicks, ticks });
    }
    if ([...seen.values()].every(({ ticks }) => ticks >= TICKS_TO_LAST)) this.#act(suspicion);
  }

  /** Adopts or mentions the processes, which have been running for a while, or mentions none if they are gone. */
  #act(suspicion: Suspicion): void {
    const { entry, seen } = suspicion;
    const pids = [...seen.keys()];
    if (pids.length === 1 && unmanagedPolicy(entry.program) === 'adopt') {
      const { spec, runs } = entry.program;
      const adopted = this.#ports.adopt(spec, runs + 1);
      if (adopted.kind === 'one')
        this.#ports.engine.post(entry.id, { kind: 'adopted', run: adopted.run, paused: adopted.paused });
      else suspicion.isDue = true;
      return;
    }
    const mentioned = pids.join(' ');
    if (mentioned === suspicion.mentioned) return;
    suspicion.mentioned = mentioned;
    this.#ports.engine.post(entry.id, { kind: 'unmanagedSeen', pids });
  }
}

/** A process of the name may have been running beside the program that has exited. */
function isIdle({ program: { state } }: ManagedProgram): boolean {
  return state.name === 'exited' || state.name === 'stopped' || state.name === 'failed';
}

function isStillRunning(identity: ExactIdentity): boolean {
  const stat = readProcStat(identity.pid);
  return stat !== null && hasStartTime(identity, stat);
}
