import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { CheckedHealth } from '../../protocol/results/health-view.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { SelectedOperation } from '../../protocol/operations.ts';
import type { OperationOutcome, OperationResult } from '../../protocol/results/operation-result.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { RestartMonitorResult, ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import type { EngineStatus, ProcessRow } from '../../protocol/snapshot.ts';
import type { TrackedView, TrackStatus } from '../../protocol/results/tracked-view.ts';
import type { EngineTarget } from '../connection/engine-target.ts';
import { listAll } from './list-all.ts';
import { MessageQueue } from './message-queue.ts';
import { createClientOf, type ReconnectingClient } from './reconnecting-client.ts';

/** How to stop a program. */
export interface StopOptions {
  /** False for a force kill at once; true by default. */
  readonly graceful?: boolean;
  /** The stop timeout, after which the program is force killed. Defaults to the program's own timeout. */
  readonly timeoutMs?: number;
}

/** Options of an operation on several programs. */
export interface OperateOptions extends StopOptions {
  /** How long `hold` pauses healing; until it is resumed by default. */
  readonly forMs?: number;
}

/** Which events to iterate over. */
export interface EventOptions {
  /** Start after the event with this sequence number; by default only new events are returned. */
  readonly afterSeq?: number;
  /** Only events of the program with this id. */
  readonly process?: string;
}

/** Which log lines to iterate over. */
export interface LogOptions {
  /** The number of existing lines to start with; 0, the default, returns only new lines. */
  readonly tail?: number;
}

/**
 * The typed API of a running engine, local or remote. The client reconnects when the engine restarts, and iterators
 * continue without missing anything. Methods reject with a `HealerError`, whose `code` callers can branch on. While there
 * is no connection, they reject with ENGINE_NOT_RUNNING.
 */
export class AttachedClient implements AsyncDisposable {
  /** All methods of the engine, with their original names and parameters. */
  readonly api: EngineApi;
  readonly #client: ReconnectingClient;
  /** Functions that end the iterators in use. */
  readonly #iterators = new Set<() => void>();

  protected constructor(client: ReconnectingClient) {
    this.#client = client;
    this.api = client.api;
  }

  /** Connects to the target. @throws HealerError when the first attempt fails */
  protected static async attach(target: EngineTarget): Promise<ReconnectingClient> {
    const client = createClientOf(target);
    try {
      await client.waitForConnection();
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /**
   * Starts a program. Resolves when the start succeeded.
   * @throws HealerError PROCESS_NOT_FOUND, INVALID_STATE, PROCESS_DISABLED, ALREADY_RUNNING or SPAWN_FAILED
   */
  start(id: string): Promise<OperationResult> {
    return this.api.start({ id });
  }

  /** Stops a program. Resolves when it has exited; `forced` in the result means that it was force killed. */
  stop(id: string, options: StopOptions = {}): Promise<OperationResult> {
    return this.api.stop({ id, ...options });
  }

  /** Stops a program gracefully and starts it again. Resolves when the start succeeded. */
  restart(id: string, options: Pick<StopOptions, 'timeoutMs'> = {}): Promise<OperationResult> {
    return this.api.restart({ id, ...options });
  }

  /** Pauses a program and its process tree. */
  pause(id: string): Promise<OperationResult> {
    return this.api.pause({ id });
  }

  /** Resumes a paused program. */
  resume(id: string): Promise<OperationResult> {
    return this.api.resume({ id });
  }

  /** Runs the health check of a program now. */
  checkHealth(id: string): Promise<CheckedHealth> {
    return this.api.checkHealth({ id });
  }

  getStatus(): Promise<EngineStatus>;
  getStatus(id: string): Promise<ProcessRow>;
  /** Returns the status of the engine, or of one program. */
  async getStatus(id?: string): Promise<EngineStatus | ProcessRow> {
    return id === undefined ? this.api.status({}) : (await this.describe(id)).row;
  }

  /**
   * Returns all programs, or those that some words select, ordered by id.
   * @param select ids, `@group`, globs such as `web-*`, or `all`
   * @throws HealerError PROCESS_NOT_FOUND for a word that selects nothing
   */
  list(...select: readonly string[]): Promise<ProcessRow[]> {
    return listAll(this.api, select);
  }

  /**
   * Performs an operation on all programs that some words select, in the order of their dependencies. Resolves with an
   * outcome for each program.
   * @throws HealerError PROCESS_NOT_FOUND for a word that selects nothing; then nothing is performed
   */
  operate(
    operation: SelectedOperation,
    select: readonly string[],
    options: OperateOptions = {},
  ): Promise<readonly OperationOutcome[]> {
    return this.api.operate({ operation, select: [...select], ...options });
  }

  /** Returns a program with its definition and runtime details. */
  describe(id: string): Promise<ProcessDetails> {
    return this.api.describe({ id });
  }

  /** Defines a program in the registry and starts it. @throws HealerError ALREADY_EXISTS, INVALID_CONFIG */
  add(definition: ProcessSpecInput): Promise<DefinitionResult> {
    return this.api.add({ definition });
  }

  /** Changes a program's definition, and takes earlier changes of `unset` back. Restarts it only if a change requires that. */
  update(
    id: string,
    changes: DefinitionChanges,
    { unset }: { readonly unset?: readonly string[] } = {},
  ): Promise<DefinitionResult> {
    return this.api.update({ id, changes, ...(unset === undefined ? {} : { unset: [...unset] }) });
  }

  /** Stops a program and removes its definition. @throws HealerError INVALID_STATE when a file defines it */
  remove(id: string): Promise<DefinitionResult> {
    return this.api.remove({ id });
  }

  /** Tracks a process that healer did not start: once its parent has exited, the process and its tree are stopped. */
  track(pid: number): Promise<TrackedView> {
    return this.api.track({ pid });
  }

  /** Stops tracking a process. */
  untrack(pid: number): Promise<TrackedView> {
    return this.api.untrack({ pid });
  }

  /** Returns the tracked processes. */
  trackStatus(): Promise<TrackStatus> {
    return this.api.trackStatus({});
  }

  /** Replaces the engine with a new process. Programs keep running, and this client reconnects. */
  restartMonitor(): Promise<RestartMonitorResult> {
    return this.api.restartMonitor({});
  }

  /** Stops all programs and the engine. With `keep`, programs keep running and the next engine re-adopts them. */
  shutdownAll(options: { readonly keep?: boolean; readonly timeoutMs?: number } = {}): Promise<ShutdownResult> {
    return this.api.shutdown(options);
  }

  /** Iterates over events, each once and in order, across restarts of the engine, until `break` or `close`. */
  events({ afterSeq, process }: EventOptions = {}): AsyncIterableIterator<EngineEvent> {
    let after = afterSeq;
    const filter = process === undefined ? {} : { process };
    return this.#iterate<EngineEvent>((queue) =>
      this.#client.subscribe(
        'events',
        after === undefined ? filter : { ...filter, afterSeq: after },
        ({ events }) => {
          after = events.at(-1)?.seq ?? after;
          queue.push(...events);
        },
        { onRefused: (error) => queue.fail(error) },
      ),
    );
  }

  /** Iterates over the log lines of a program, each once and in order, across restarts of the program and the engine. */
  logs(id: string, { tail = 0 }: LogOptions = {}): AsyncIterableIterator<LogLine> {
    let after: string | undefined;
    return this.#iterate<LogLine>((queue) =>
      this.#client.subscribe(
        'log',
        after === undefined ? { id, tail } : { id, tail, after },
        ({ lines, cursor }) => {
          after = cursor;
          queue.push(...lines);
        },
        { onRefused: (error) => queue.fail(error) },
      ),
    );
  }

  #iterate<T>(start: (queue: MessageQueue<T>) => { close(): void }): MessageQueue<T> {
    const end = (): void => void queue.return();
    const queue = new MessageQueue<T>({
      start: (): { close(): void } => start(queue),
      onEnd: (): void => void this.#iterators.delete(end),
    });
    this.#iterators.add(end);
    return queue.open();
  }

  /** Disconnects and ends all iterators. The engine keeps running. */
  close(): void {
    for (const end of [...this.#iterators]) end();
    this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
