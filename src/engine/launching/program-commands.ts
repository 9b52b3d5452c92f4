import { descriptors } from '../../base/descriptors.ts';
import { within } from '../../base/within.ts';
import type { ProgramCommand } from '../../protocol/spec/command-spec.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { KEPT_FREE } from '../core/kept-free.ts';
import type { Surroundings } from '../health/probe.ts';
import type { OutputStream } from '../logs/files/log-transport.ts';
import { LabeledOutput } from './labeled-output.ts';
import type { CommandOutcome } from '../health/run-command.ts';

/** A command to run for a program. */
export interface CommandRequest {
  readonly spec: ProcessSpec;
  readonly command: ProgramCommand;
  /** Marks its output in the log: "hook crashed". */
  readonly label: string;
  /** Variables in addition to those of the program. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ProgramCommandsPorts {
  /** Returns where a command of a program runs, by the number of its execution. @throws HealerError */
  readonly surroundings: (spec: ProcessSpec, number: number, command: string) => Surroundings;
  /** Writes lines into the log of a program. */
  readonly write: (spec: ProcessSpec, stream: OutputStream, text: string) => void;
}

/** Two for the pipes of output, one for input, and some while it is started. */
const DESCRIPTORS = 8;
/** Numbers of executions begin here: below are those of health checks. */
const FIRST_NUMBER = 2_000_000_000;

/** Runs the commands of programs: hooks, and those that stop a program. They run as their program runs. */
export class ProgramCommands {
  readonly #ports: ProgramCommandsPorts;
  readonly #running = new Map<number, { readonly abort: AbortController; readonly done: Promise<unknown> }>();
  #last = FIRST_NUMBER;
  /** Resolves once the next command may be started. */
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: ProgramCommandsPorts) {
    this.#ports = ports;
  }

  /** Returns whether this execution is still running. Processes of one that is not are leftovers. */
  isRunning(number: number): boolean {
    return this.#running.has(number);
  }

  /** Runs a command and resolves once it has exited. Never rejects. */
  run(request: CommandRequest): Promise<CommandOutcome> {
    this.#last += 1;
    const number = this.#last;
    const abort = new AbortController();
    const cancel = (): void => abort.abort();
    request.signal?.addEventListener('abort', cancel, { once: true });
    const done = this.#execute(request, number, abort.signal).finally(() => {
      request.signal?.removeEventListener('abort', cancel);
      this.#running.delete(number);
    });
    this.#running.set(number, { abort, done });
    if (request.signal?.aborted === true) cancel();
    return done;
  }

  /**
   * Resolves once no command is running, or kills those that are left after this time. Commands that wait for their turn are
   * started first, for at most `startsMs`.
   */
  async close({ patienceMs, startsMs }: { readonly patienceMs: number; readonly startsMs: number }): Promise<void> {
    const running = [...this.#running.values()];
    if (running.length === 0) return;
    const ended = Promise.allSettled(running.map(({ done }) => done));
    await within(startsMs, Promise.race([this.#turn, ended]), null);
    await within(patienceMs, ended, null);
    for (const { abort } of running) abort.abort();
    await ended;
  }

  async #execute(request: CommandRequest, number: number, signal: AbortSignal): Promise<CommandOutcome> {
    const { spec, command, label, env = {}, input = '', timeoutMs = command.timeoutMs } = request;
    if (!descriptors.hasRoom(DESCRIPTORS, KEPT_FREE.checks)) {
      return { ok: false, outcome: 'cannot be executed: the engine has no free file descriptors' };
    }
    const output = new LabeledOutput(label, (stream, text) => this.#ports.write(spec, stream, text));
    try {
      // Loaded on first use, because most engines run no commands.
      const { runCommand } = await import('../health/run-command.ts');
      await this.#takeTurn();
      if (signal.aborted) return { ok: false, outcome: 'was not started: it is no longer needed' };
      const surroundings = this.#ports.surroundings(spec, number, command.command);
      const onOutput = output.push.bind(output);
      return await runCommand({ ...command, timeoutMs, env, input, onOutput, signal }, surroundings);
    } catch (error) {
      return { ok: false, outcome: `cannot be executed: ${toHealerError(error).message}` };
    } finally {
      output.end();
    }
  }

  /** Each start blocks the engine for milliseconds, and there may be hundreds at once. What else happens is handled in between. */
  #takeTurn(): Promise<void> {
    this.#turn = this.#turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#turn;
  }
}
