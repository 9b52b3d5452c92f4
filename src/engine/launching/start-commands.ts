import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { ProgramCommands } from './program-commands.ts';

/** Runs the commands before starts. One is killed if its program is not to be started any more. */
export class StartCommands {
  readonly #commands: ProgramCommands;
  readonly #running = new Map<string, AbortController>();

  constructor(commands: ProgramCommands) {
    this.#commands = commands;
  }

  /** Kills a command as soon as the start that it belongs to is canceled. */
  watch(engine: Pick<Engine, 'onChange' | 'onForgotten'>): void {
    engine.onChange.add(({ id, program: { state } }: ManagedProgram) => {
      if (this.#running.size === 0) return;
      if (state.name !== 'waiting' || state.for !== 'before') this.#cancel(id);
    });
    engine.onForgotten.add(({ id }) => this.#cancel(id));
  }

  /** Runs the command before a start and posts its outcome. */
  run(spec: ProcessSpec, post: Engine['post']): void {
    const { id, hooks } = spec;
    const { before } = hooks;
    this.#cancel(id);
    if (before === undefined) {
      post(id, { kind: 'beforeEnded', ok: true, outcome: 'was removed' });
      return;
    }
    const abort = new AbortController();
    this.#running.set(id, abort);
    const request = { spec, command: before, label: 'hook before', env: { HEALER_HOOK: 'before' } };
    void this.#commands.run({ ...request, signal: abort.signal }).then(({ ok, outcome }) => {
      if (this.#running.get(id) !== abort) return;
      this.#running.delete(id);
      post(id, { kind: 'beforeEnded', ok, outcome });
    });
  }

  #cancel(id: string): void {
    const abort = this.#running.get(id);
    this.#running.delete(id);
    abort?.abort();
  }
}
