import type { DefinitionChanges } from '../../protocol/definition.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import type { CheckedHealth } from '../../protocol/results/health-view.ts';
import type { DefinitionResult } from '../../protocol/results/definition-result.ts';
import type { HistoryResult } from '../../protocol/results/history-result.ts';
import type { OperationResult } from '../../protocol/results/operation-result.ts';
import type { ProcessDetails } from '../../protocol/results/process-details.ts';
import type { SignalResult } from '../../protocol/results/signal-result.ts';
import type { UsageReading } from '../../protocol/results/usage-reading.ts';
import type { CallOptions, ClientApi } from '../connection/engine-api.ts';
import {
  callOptions,
  type HistoryOptions,
  type HoldOptions,
  type RecentLogOptions,
  type SignalOptions,
  type StopOptions,
  type UpdateOptions,
} from './client-options.ts';

/** The methods of the API that are about one program, with the id first. */
export abstract class ProgramMethods {
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

  /**
   * Sends a signal such as "SIGUSR1" to one process of a program, by default to its main process. Resolves with what was found
   * afterwards. @throws HealerError INVALID_STATE if the program has no such process
   */
  sendSignal(id: string, name: string, { signal, ...options }: SignalOptions = {}): Promise<SignalResult> {
    return this.api.signal({ id, signal: name, ...options }, callOptions(signal));
  }

  /** Enables a program and starts it. */
  enable(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.enable({ id }, options);
  }

  /** Stops a program and prevents it from starting until it is enabled. */
  disable(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.disable({ id }, options);
  }

  /** Pauses a program and its process tree. @throws HealerError PLATFORM_NOT_SUPPORTED where processes cannot be suspended: Windows */
  pause(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.pause({ id }, options);
  }

  /** Resumes a paused program. @throws HealerError as `pause` */
  resume(id: string, options?: CallOptions): Promise<OperationResult> {
    return this.api.resume({ id }, options);
  }

  /** Pauses healing of a program, for `forMs` or until it is resumed. Faults are still reported. */
  hold(id: string, { signal, ...options }: HoldOptions = {}): Promise<OperationResult> {
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

  /** Returns a program with its definition and runtime details. */
  describe(id: string, options?: CallOptions): Promise<ProcessDetails> {
    return this.api.describe({ id }, options);
  }

  /** Returns the CPU and memory history of a program: of the last 15 minutes by default, or of 24 hours. */
  history(id: string, { signal, ...options }: HistoryOptions = {}): Promise<HistoryResult> {
    return this.api.history({ id, ...options }, callOptions(signal));
  }

  /** Returns what a program uses now, as its detectors see it. */
  usage(id: string, options?: CallOptions): Promise<UsageReading> {
    return this.api.usage({ id }, options);
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

  /** Sets the number of instances of a program; `max` is one per processor. */
  scale(id: string, instances: number | 'max', options?: CallOptions): Promise<DefinitionResult> {
    return this.api.scale({ id, instances }, options);
  }

  /** Stops a program and removes its definition. @throws HealerError INVALID_STATE when a file defines it */
  remove(id: string, options?: CallOptions): Promise<DefinitionResult> {
    return this.api.remove({ id }, options);
  }

  /** Returns log lines of a program: the last ones, or those before or after a cursor. `logs` iterates over all that follow. */
  recentLogs(id: string, { signal, ...options }: RecentLogOptions = {}): Promise<readonly LogLine[]> {
    return this.api.logs({ id, ...options }, callOptions(signal));
  }
}
