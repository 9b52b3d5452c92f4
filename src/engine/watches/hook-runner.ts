import { hooksOf, hookVariables, isStopped } from '../../policy/lifecycle/hooks.ts';
import { type LifecycleState, runOf } from '../../policy/lifecycle/state.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { HookName } from '../../protocol/spec/hooks-spec.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { ProgramCommands } from '../launching/program-commands.ts';
import type { Records } from '../records/records.ts';

/** Executions of one hook of one program that may wait; further ones are left out. */
const MOST_WAITING = 10;

interface HookRunnerPorts {
  readonly engine: Pick<Engine, 'programs' | 'onChange' | 'onForgotten'>;
  readonly commands: Pick<ProgramCommands, 'run'>;
  readonly records: Pick<Records, 'onEvents' | 'record' | 'commit'>;
  readonly clock: Clock;
}

/**
 * Runs the hooks of programs after events are on disk. Nothing waits for a hook; a program's executions of one hook follow one
 * another.
 */
export class HookRunner {
  readonly #ports: HookRunnerPorts;
  /** What waits for each hook that is running. */
  readonly #waiting = new Map<string, (() => void)[]>();
  /** The last state of programs with a hook for the end of a stop. */
  readonly #states = new Map<string, LifecycleState>();

  constructor(ports: HookRunnerPorts) {
    this.#ports = ports;
    ports.records.onEvents.add((events) => this.#take(events));
    ports.engine.onChange.add((entry) => this.#follow(entry));
    ports.engine.onForgotten.add(({ id }) => this.#states.delete(id));
  }

  #take(events: readonly EngineEvent[]): void {
    for (const event of events) {
      const entry = event.process === null ? undefined : this.#ports.engine.programs.get(event.process);
      if (entry === undefined) continue;
      const { hooks } = entry.program.spec;
      for (const name of hooksOf(event.kind)) if (hooks[name] !== undefined) this.#run(entry, name, event);
    }
  }

  #follow(entry: ManagedProgram): void {
    const { id, program } = entry;
    if (program.spec.hooks.stopped === undefined) return;
    const before = this.#states.get(id);
    this.#states.set(id, program.state);
    if (before === undefined || !isStopped(before, program.state)) return;
    const time = new Date(this.#ports.clock.now().wall).toISOString();
    const pid = runOf(before)?.pid ?? null;
    this.#run(entry, 'stopped', { seq: 0, time, kind: 'stopped', process: id, pid, reason: program.why, data: {} });
  }

  #run(entry: ManagedProgram, name: HookName, event: EngineEvent): void {
    const key = `${entry.id} ${name}`;
    const { spec } = entry.program;
    const start = (): void => void this.#execute(key, spec, name, event);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      this.#waiting.set(key, []);
      start();
    } else if (waiting.length < MOST_WAITING) waiting.push(start);
    else if (waiting.length === MOST_WAITING) {
      this.#report(spec.id, `the hook "${name}" is left out: ${String(MOST_WAITING)} executions wait for it already`);
    }
  }

  async #execute(
    key: string,
    spec: ManagedProgram['program']['spec'],
    name: HookName,
    event: EngineEvent,
  ): Promise<void> {
    const command = spec.hooks[name];
    if (command !== undefined) {
      const input = `${JSON.stringify({ hook: name, ...event })}\n`;
      const request = { spec, command, label: `hook ${name}`, env: hookVariables(name, event), input };
      const { ok, outcome } = await this.#ports.commands.run(request);
      if (!ok) this.#report(spec.id, `the hook "${name}" ${outcome}`);
    }
    const next = this.#waiting.get(key)?.shift();
    if (next === undefined) this.#waiting.delete(key);
    else next();
  }

  #report(id: string, reason: string): void {
    const { records } = this.#ports;
    records.record({ kind: 'hook-failed', process: id, pid: null, reason, data: {} });
    records.commit();
  }
}
