import type { ManagedProgram } from '../core/managed-program.ts';
import type { Engine } from '../core/engine.ts';
import type { ProgramRun } from '../core/ports.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ProgramCommands } from './program-commands.ts';

/** Returns the variables that name the main process of a run to a command. */
function pidVariables(pid: number): Readonly<Record<string, string>> {
  // systemd has the second one for its commands.
  return { HEALER_PID: String(pid), MAINPID: String(pid) };
}

/** Runs the commands that stop programs. One that still runs when its program has exited is killed before the next start. */
export class StopCommands {
  readonly #commands: ProgramCommands;
  readonly #running = new Map<string, AbortController>();

  constructor(commands: ProgramCommands) {
    this.#commands = commands;
  }

  /** Kills stop commands as soon as their stop is over. */
  watch(engine: Pick<Engine, 'onChange' | 'onForgotten'>): void {
    const check = ({ id, program }: ManagedProgram): void => {
      if (this.#running.size > 0 && program.state.name !== 'stopping') this.#running.get(id)?.abort();
    };
    engine.onChange.add(check);
    engine.onForgotten.add(({ id }) => this.#running.get(id)?.abort());
  }

  /** Runs the stop command of a program and posts its outcome. */
  run({ id, run }: ProgramRun, spec: ProcessSpec, timeoutMs: number, post: Engine['post']): void {
    const { command } = spec.stop;
    if (command === null) {
      post(id, { kind: 'stopCommandEnded', of: run, ok: false, outcome: 'was removed from the definition' });
      return;
    }
    this.#running.get(id)?.abort();
    const abort = new AbortController();
    this.#running.set(id, abort);
    const env = { ...pidVariables(run.pid), HEALER_HOOK: 'stop' };
    void this.#commands
      .run({ spec, command, label: 'stop command', env, timeoutMs, signal: abort.signal })
      .then(({ ok, outcome }) => {
        if (this.#running.get(id) === abort) this.#running.delete(id);
        post(id, { kind: 'stopCommandEnded', of: run, ok, outcome });
      });
  }
}
