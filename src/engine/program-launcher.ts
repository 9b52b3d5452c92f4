import { readProcStat } from '../base/proc-stat.ts';
import type { ProcessSpec } from '../protocol/process-spec.ts';
import type { Surroundings } from './health/probe.ts';
import { type LaunchPlan, planLaunch } from './launch-plan.ts';
import type { Launcher } from './os/launcher.ts';
import { MARK_VARIABLE, type RunMarks } from './os/run-mark.ts';
import type { SpawnedProcess } from './ports.ts';

interface RunPipes {
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

export interface ProgramLauncherPorts {
  readonly launcher: Launcher;
  readonly marks: RunMarks;
  readonly openPipes: (id: string, runNumber: number) => RunPipes;
  readonly discardPipes: (id: string, runNumber: number) => void;
  /** Whether start times of processes can be read here. */
  readonly hasProc: boolean;
}

/** Starts a run of a program. What its spec comes to is worked out once and kept until the spec changes. */
export class ProgramLauncher {
  readonly #ports: ProgramLauncherPorts;
  readonly #plans = new Map<string, LaunchPlan>();

  constructor(ports: ProgramLauncherPorts) {
    this.#ports = ports;
  }

  /** @throws HealerError SPAWN_FAILED */
  spawn(spec: ProcessSpec, runNumber: number): SpawnedProcess & { readonly pipes: RunPipes } {
    const { launcher, marks, openPipes, discardPipes, hasProc } = this.#ports;
    const plan = this.#planOf(spec);
    const pipes = openPipes(spec.id, runNumber);
    try {
      const mark = `${MARK_VARIABLE}=${marks.markOf(spec.id, runNumber)}`;
      const pid = launcher.launch({ ...plan, env: [...plan.env, mark], ...pipes });
      return { pid, startTicks: hasProc ? (readProcStat(pid)?.startTicks ?? null) : null, pipes };
    } catch (error) {
      // The next attempt looks for the executable again: somebody may have installed it meanwhile.
      this.#plans.delete(spec.id);
      discardPipes(spec.id, runNumber);
      throw error;
    }
  }

  /** Where and as what the program runs, for what is to be run beside it. @throws HealerError SPAWN_FAILED */
  checkSurroundings(spec: ProcessSpec, probeNumber: number): Surroundings {
    const { env, cwd } = this.#planOf(spec);
    const mark = this.#ports.marks.checkMarkOf(spec.id, probeNumber);
    return { cwd, env: { ...Object.fromEntries(env.map(splitPair)), [MARK_VARIABLE]: mark } };
  }

  forget(id: string): void {
    this.#plans.delete(id);
  }

  #planOf(spec: ProcessSpec): LaunchPlan {
    const known = this.#plans.get(spec.id);
    if (known?.spec === spec) return known;
    const plan = planLaunch(spec, process.env, process.cwd());
    this.#plans.set(spec.id, plan);
    return plan;
  }
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
