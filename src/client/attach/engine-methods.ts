import type { ConfigSection } from '../../protocol/config-section.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { Params } from '../../protocol/methods/methods.ts';
import type { SelectedOperation } from '../../protocol/operations.ts';
import { type Permission, PERMISSIONS, type Permissions, type RemoteAccess } from '../../protocol/permissions.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { ProgramSuggestions } from '../../protocol/results/suggestions.ts';
import type { ReloadResult } from '../../protocol/results/config-plan.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { HoldAllResult, OperationOutcome } from '../../protocol/results/operation-result.ts';
import type { SettingResult } from '../../protocol/results/setting-result.ts';
import type { RestartMonitorResult, ShutdownResult } from '../../protocol/results/shutdown-result.ts';
import type { TrackedView, TrackStatus } from '../../protocol/results/tracked-view.ts';
import type { ZombieCleanup, ZombieView } from '../../protocol/results/zombie-view.ts';
import type { EngineStatus, ProcessRow } from '../../protocol/snapshot.ts';
import type { CallOptions } from '../connection/engine-api.ts';
import {
  type AnomalyOptions,
  type SuggestOptions,
  callOptions,
  type HoldOptions,
  type ListOptions,
  type OperateOptions,
  type RecentEventOptions,
  type ReloadOptions,
  type ShutdownOptions,
} from './client-options.ts';
import { listAll } from './list-all.ts';
import { ProgramMethods } from './program-methods.ts';

/** A value of a setting. */
type JsonValue = Params<'changeSetting'>['value'];

/** The methods of the API as methods of an object, with their most frequent parameters first. */
export abstract class EngineMethods extends ProgramMethods {
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

  /** Returns the recent restarts and the cooldown of each program. */
  cooldowns(options?: CallOptions): Promise<readonly CooldownView[]> {
    return this.api.cooldowns({}, options);
  }

  /** Pauses healing of all programs, for `forMs` or until it is resumed. Faults are still reported. */
  holdAll({ signal, ...options }: HoldOptions = {}): Promise<HoldAllResult> {
    return this.api.holdAll(options, callOptions(signal));
  }

  /** Resumes healing of all programs. */
  releaseAll(options?: CallOptions): Promise<HoldAllResult> {
    return this.api.releaseAll({}, options);
  }

  /** Returns the anomalies of the last 24 hours, of all programs or of one, oldest first. */
  anomalies({ signal, ...options }: AnomalyOptions = {}): Promise<readonly AnomalyRecord[]> {
    return this.api.anomalies(options, callOptions(signal));
  }

  /** Returns settings that fit what was observed in the last 24 hours, for all programs or for one. */
  suggest({ signal, ...options }: SuggestOptions = {}): Promise<readonly ProgramSuggestions[]> {
    return this.api.suggest(options, callOptions(signal));
  }

  /** Returns past events, oldest first. `events` iterates over all that follow. */
  recentEvents({ signal, kinds, ...options }: RecentEventOptions = {}): Promise<readonly EngineEvent[]> {
    const filter = kinds === undefined ? {} : { kinds: [...kinds] };
    return this.api.events({ ...options, ...filter }, callOptions(signal));
  }

  /** Returns the zombie processes of the machine, oldest first. */
  zombies(options?: CallOptions): Promise<readonly ZombieView[]> {
    return this.api.zombies({}, options);
  }

  /** Asks parents to reap their zombie processes; programs with `restart-parent` that do not are restarted. */
  cleanZombies(options?: CallOptions): Promise<ZombieCleanup> {
    return this.api.cleanZombies({}, options);
  }

  /**
   * Reads the process lists and healer.yaml files again and applies the changes; `files` replaces them, `add` and `drop` change
   * the set. With `dryRun`, only returns the plan.
   */
  reloadConfig({ signal, files, add, drop, remove, dryRun = false }: ReloadOptions = {}): Promise<ReloadResult> {
    const sources = {
      ...(files === undefined ? {} : { files: [...files] }),
      ...(add === undefined ? {} : { add: [...add] }),
      ...(drop === undefined ? {} : { drop: [...drop] }),
      ...(remove === undefined ? {} : { remove: [...remove] }),
    };
    return this.api.reloadConfig({ ...sources, dryRun }, callOptions(signal));
  }

  /** Returns the settings of the engine with their current values. */
  settings(options?: CallOptions): Promise<readonly SettingResult[]> {
    return this.api.settings({}, options);
  }

  /** Changes a setting of the engine; null resets it to its default. @throws HealerError INVALID_CONFIG */
  changeSetting(key: string, value: JsonValue, options?: CallOptions): Promise<SettingResult> {
    return this.api.changeSetting({ key, value }, options);
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

  /** Returns a section of the configuration of the remote API. */
  remoteConfig(section: ConfigSection, options?: CallOptions): Promise<Readonly<Record<string, unknown>>> {
    return this.api.remoteConfig({ section }, options);
  }

  /** Replaces a section of the configuration of the remote API; omitted fields take their defaults. Requires a trusted caller. */
  changeRemoteConfig(
    section: ConfigSection,
    content: Readonly<Record<string, JsonValue>>,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.api.changeRemoteConfig({ section, content }, options);
  }

  /** Returns what remote callers that are not trusted may do. */
  async permissions(options?: CallOptions): Promise<Permissions> {
    return permissionsIn(await this.remoteAccess(options));
  }

  /** Changes what remote callers that are not trusted may do; what is omitted stays as it is. Requires a trusted caller. */
  async changePermissions(changes: Partial<Permissions>, options?: CallOptions): Promise<Permissions> {
    return permissionsIn(await this.changeRemoteAccess(changes, options));
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

function permissionsIn(access: RemoteAccess): Permissions {
  const names = Object.keys(PERMISSIONS) as Permission[];
  return Object.fromEntries(names.map((name) => [name, access[name]])) as Permissions;
}
