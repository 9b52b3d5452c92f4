import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { CheckedHealth } from '../../protocol/results/health-view.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { RestartMonitorResult, ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import type { EngineStatus, ProcessRow } from '../../protocol/snapshot.ts';
import type { TrackedView, TrackStatus } from '../../protocol/results/tracked-view.ts';
import type { EngineTarget } from '../connection/engine-target.ts';
import { listAll } from './list-all.ts';
import { MessageQueue } from './message-queue.ts';
import { createClientOf, type ReconnectingClient } from './reconnecting-client.ts';

export interface StopOptions {
  /** False kills at once. */
  readonly graceful?: boolean;
  /** How long it may take to end before it is killed. */
  readonly timeoutMs?: number;
}

export interface EventOptions {
  /** Events after this one; without it those that are new. */
  readonly afterSeq?: number;
  /** Of this program only. */
  readonly process?: string;
}

export interface LogOptions {
  /** How many lines of before; 0 for what is new. */
  readonly tail?: number;
}

/**
 * The typed API of a running engine, the same for one on this machine and one elsewhere. It stays attached: when the
 * engine is restarted it comes back by itself, and iterators go on without missing anything. Methods reject with a
 * `HealerError`; branch on its `code`.
 */
export class AttachedClient implements AsyncDisposable {
  /** Every method of the engine, by its own name and parameters. */
  readonly api: EngineApi;
  readonly #client: ReconnectingClient;
  /** What ends each iterator that is in use. */
  readonly #iterators = new Set<() => void>();

  protected constructor(client: ReconnectingClient) {
    this.#client = client;
    this.api = client.api;
  }

  /** @throws HealerError when the first attempt fails */
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

  start(id: string): Promise<OperationResult> {
    return this.api.start({ id });
  }

  /** `forced` in the answer tells that it had to be killed. */
  stop(id: string, options: StopOptions = {}): Promise<OperationResult> {
    return this.api.stop({ id, ...options });
  }

  restart(id: string, options: Pick<StopOptions, 'timeoutMs'> = {}): Promise<OperationResult> {
    return this.api.restart({ id, ...options });
  }

  pause(id: string): Promise<OperationResult> {
    return this.api.pause({ id });
  }

  resume(id: string): Promise<OperationResult> {
    return this.api.resume({ id });
  }

  /** Probes it now. */
  checkHealth(id: string): Promise<CheckedHealth> {
    return this.api.checkHealth({ id });
  }

  getStatus(): Promise<EngineStatus>;
  getStatus(id: string): Promise<ProcessRow>;
  /** Of the engine, or of one program. */
  async getStatus(id?: string): Promise<EngineStatus | ProcessRow> {
    return id === undefined ? this.api.status({}) : (await this.describe(id)).row;
  }

  list(): Promise<ProcessRow[]> {
    return listAll(this.api);
  }

  describe(id: string): Promise<ProcessDetails> {
    return this.api.describe({ id });
  }

  add(definition: ProcessSpecInput): Promise<DefinitionResult> {
    return this.api.add({ definition });
  }

  update(id: string, changes: DefinitionChanges): Promise<DefinitionResult> {
    return this.api.update({ id, changes });
  }

  remove(id: string): Promise<DefinitionResult> {
    return this.api.remove({ id });
  }

  /** Ends a process that healer did not start, tree and all, once its parent is gone. */
  track(pid: number): Promise<TrackedView> {
    return this.api.track({ pid });
  }

  untrack(pid: number): Promise<TrackedView> {
    return this.api.untrack({ pid });
  }

  trackStatus(): Promise<TrackStatus> {
    return this.api.trackStatus({});
  }

  /** Replaces the engine by a new process; programs run on, and this client attaches to it by itself. */
  restartMonitor(): Promise<RestartMonitorResult> {
    return this.api.restartMonitor({});
  }

  /** Stops every program and the engine; with `keep` the programs are left to the next engine. */
  shutdownAll(options: { readonly keep?: boolean; readonly timeoutMs?: number } = {}): Promise<ShutdownResult> {
    return this.api.shutdown(options);
  }

  /** Every event, once and in order, over restarts of the engine too. Ends with `break` or `close`. */
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

  /** The lines of a program, once and in order, over restarts of the program and of the engine too. */
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

  /** Leaves the engine as it is. Iterators end. */
  close(): void {
    for (const end of [...this.#iterators]) end();
    this.#client.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
