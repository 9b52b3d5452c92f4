import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { CheckedHealth } from '../../protocol/results/health-view.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { CallOptions, ClientApi } from '../connection/engine-api.ts';
import type { RemoteAccess } from '../../protocol/permissions.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';
import type { ReloadResult } from '../../protocol/results/config-plan.ts';
import type { SelectedOperation } from '../../protocol/operations.ts';
import type { OperationOutcome, OperationResult } from '../../protocol/results/operation-result.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { RestartMonitorResult, ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import type { EngineStatus, ProcessRow } from '../../protocol/snapshot.ts';
import type { TrackedView, TrackStatus } from '../../protocol/results/tracked-view.ts';
import { listAll } from './list-all.ts';
import {
  callOptions,
  type StopOptions,
  type OperateOptions,
  type ListOptions,
  type HistoryOptions,
  type UpdateOptions,
  type ReloadOptions,
  type ShutdownOptions,
} from './client-options.ts';

/** The methods of the API as methods of an object, with their most frequent parameters first. */
export abstract class EngineMethods {
  /** All methods of the engine, with their original names and parameters. */
  abstract readonly api: ClientApi;

  /**
   * Starts a program. Resolves when the start succeeded.
   * @throws HealerError PROCESS_NOT_FOUND, INVALID_STATE, PROCESS_DISABLED, ALREADY_RUNNING or SPAWN_FAILED
   */
  start(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.start({ id }, options);
  }

  /** Stops a program. Resolves when it has exited; `forced` in the result means that it was force killed. */
  stop(id: string, { signal, ...options }: StopOptions = {}): Promise<OperationResult> {
    return this.api.stop({ id, ...options }, callOptions(signal));
  }

  /** Kills a program and its process tree with SIGKILL. Resolves when it has exited. */
  kill(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.kill({ id }, options);
  }

  /** Stops a program gracefully and starts it again. Resolves when the start succeeded. */
  restart(id: string, { signal, ...options }: Omit<StopOptions, 'graceful'> = {}): Promise<OperationResult> {
    return this.api.restart({ id, ...options }, callOptions(signal));
  }

  /** Sends a running program its reload signal. */
  reload(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.reload({ id }, options);
  }

  /** Enables a program and starts it. */
  enable(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.enable({ id }, options);
  }

  /** Stops a program and prevents it from starting until it is enabled. */
  disable(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.disable({ id }, options);
  }

  /** Pauses a program and its process tree. */
  pause(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.pause({ id }, options);
  }

  /** Resumes a paused program. */
  resume(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.resume({ id }, options);
  }

  /** Pauses healing of a program, for `forMs` or until it is resumed. Faults are still reported. */
  hold(id: string, { signal, ...options }: Pick<OperateOptions, 'forMs' | 'signal'> = {}): Promise<OperationResult> {
    return this.api.hold({ id, ...options }, callOptions(signal));
  }

  /** Resumes healing of a program. */
  release(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.release({ id }, options);
  }

  /** Ends the cooldown of a program and starts it. */
  resetCooldown(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.cooldownReset({ id }, options);
  }

  /** Runs the health check of a program now. */
  checkHealth(id: string, options?: CallOptions): Promise<CheckedHealth> {
    return this.api.checkHealth({ id }, options);
  }

  getStatus(options?: CallOptions): Promise<EngineStatus>;
  getStatus(id: string, options?: CallOptions): Promise<ProcessRow>;
  /** Returns the status of the engine, or of one program. */
  async getStatus(id?: string | CallOptions, options?: CallOptions): Promise<EngineStatus | ProcessRow> {
    return typeof id === 'string' ? (await this.describe(id, options)).row : this.api.status({}, id);
  }

  list(...select: readonly string[]): Promise<ProcessRow[]>;
  list(options: ListOptions): Promise<ProcessRow[]>;
  /**
   * Returns all programs, or those that some words select, ordered by id.
   * @param first ids, `@group`, globs such as `web-*`, or `all`; or options
   * @throws HealerError PROCESS_NOT_FOUND for a word that selects nothing
   */
  list(first?: string | ListOptions, ...others: readonly string[]): Promise<ProcessRow[]> {
    if (typeof first !== 'object') return listAll(this.api, first === undefined ? [] : [first, ...others]);
    return listAll(this.api, first.select, callOptions(first.signal));
  }

  /**
   * Performs an operation on all programs that some words select, in the order of their dependencies. Resolves with an
   * outcome for each program.
   * @throws HealerError PROCESS_NOT_FOUND for a word that selects nothing; then nothing is performed
   */
  operate(
    operation: SelectedOperation,
    select: readonly string[],
    { signal, ...options }: OperateOptions = {},
  ): Promise<readonly OperationOutcome[]> {
    return this.api.operate({ operation, select: [...select], ...options }, callOptions(signal));
  }

  /** Returns a program with its definition and runtime details. */
  describe(id: string, options?: CallOptions): Promise<ProcessDetails> {
    return this.api.describe({ id }, options);
  }

  /** Returns the CPU and memory history of a program: of the last 15 minutes by default, or of 24 hours. */
  history(id: string, { signal, ...options }: HistoryOptions = {}): Promise<HistoryResult> {
    return this.api.history({ id, ...options }, callOptions(signal));
  }

  /** Defines a program in the registry and starts it. @throws HealerError ALREADY_EXISTS, INVALID_CONFIG */
  add(definition: ProcessSpecInput, options?: CallOptions): Promise<DefinitionResult> {
    return this.api.add({ definition }, options);
  }

  /** Changes a program's definition, and takes earlier changes of `unset` back. Restarts it only if a change requires that. */
  update(id: string, changes: DefinitionChanges, { signal, unset }: UpdateOptions = {}): Promise<DefinitionResult> {
    const taken = unset === undefined ? {} : { unset: [...unset] };
    return this.api.update({ id, changes, ...taken }, callOptions(signal));
  }

  /** Sets the number of instances of a program. */
  scale(id: string, instances: number, options?: CallOptions): Promise<DefinitionResult> {
    return this.api.scale({ id, instances }, options);
  }

  /** Stops a program and removes its definition. @throws HealerError INVALID_STATE when a file defines it */
  remove(id: string, options?: CallOptions): Promise<DefinitionResult> {
    return this.api.remove({ id }, options);
  }

  /** Returns the recent restarts and the cooldown of each program. */
  cooldowns(options?: CallOptions): Promise<readonly CooldownView[]> {
    return this.api.cooldowns({}, options);
  }

  /** Reads the process lists and healer.yaml files again and applies the changes. With `dryRun`, only returns the plan. */
  reloadConfig({ signal, dryRun = false }: ReloadOptions = {}): Promise<ReloadResult> {
    return this.api.reloadConfig({ dryRun }, callOptions(signal));
  }

  /** Tracks a process that healer did not start: once its parent has exited, the process and its tree are stopped. */
  track(pid: number, options?: CallOptions): Promise<TrackedView> {
    return this.api.track({ pid }, options);
  }

  /** Stops tracking a process. */
  untrack(pid: number, options?: CallOptions): Promise<TrackedView> {
    return this.api.untrack({ pid }, options);
  }

  /** Returns the tracked processes. */
  trackStatus(options?: CallOptions): Promise<TrackStatus> {
    return this.api.trackStatus({}, options);
  }

  /** Returns whether remote callers have access, and the permissions of those that are not trusted. */
  async remoteAccess(options?: CallOptions): Promise<RemoteAccess> {
    return (await this.api.remoteConfig({ section: 'remote-access' }, options)) as unknown as RemoteAccess;
  }

  /** Changes the access of remote callers; what is omitted stays as it is. Requires a trusted caller. */
  async changeRemoteAccess(changes: Partial<RemoteAccess>, options?: CallOptions): Promise<RemoteAccess> {
    const content = { ...(await this.remoteAccess(options)), ...changes };
    const changed = await this.api.changeRemoteConfig({ section: 'remote-access', content }, options);
    return changed as unknown as RemoteAccess;
  }

  /** Replaces the engine with a new process. Programs keep running, and this client reconnects. */
  restartMonitor(options?: CallOptions): Promise<RestartMonitorResult> {
    return this.api.restartMonitor({}, options);
  }

  /** Stops all programs and the engine. With `keep`, programs keep running and the next engine re-adopts them. */
  shutdownAll({ signal, ...options }: ShutdownOptions = {}): Promise<ShutdownResult> {
    return this.api.shutdown(options, callOptions(signal));
  }
}
