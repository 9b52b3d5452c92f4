// The types of clients without @types/node know AsyncDisposable by this.
/// <reference lib="esnext.disposable" preserve="true" />
/** The client library: attach to a local or remote engine, start an engine, or serve an aliveness endpoint. */
export { HealerClient } from './healer-client.ts';
export type { LocalOptions } from './healer-client.ts';
export { RemoteHealerClient } from './remote-healer-client.ts';
export { OfflineClient } from './offline-client.ts';
export type { OfflineOptions } from './offline-client.ts';
export type { RemoteConnectOptions, RemoteOptions } from './remote/remote-options.ts';
export type { DiscoverOptions } from './remote/discover-engine.ts';
export type { AttachedClient } from './attach/attached-client.ts';
export type {
  AnomalyOptions,
  SuggestOptions,
  EventOptions,
  HistoryOptions,
  HoldOptions,
  IterateOptions,
  ListOptions,
  LogOptions,
  OperateOptions,
  RecentEventOptions,
  RecentLogOptions,
  ReloadOptions,
  ShutdownOptions,
  SignalOptions,
  StopOptions,
  UpdateOptions,
} from './attach/client-options.ts';
export { AlivenessServer } from './aliveness-server.ts';
export type { AlivenessAnswer, AlivenessOptions } from './aliveness-server.ts';
export { createEngine } from './create-engine.ts';
export type { EmbeddedEngine, EngineOptions } from './create-engine.ts';
export { connectLocal } from './connection/connection.ts';
export type { Connection, ConnectOptions, Subscription } from './connection/connection.ts';
export type { CallOptions, ClientApi } from './connection/engine-api.ts';
export { listAll } from './attach/list-all.ts';
export { createReconnectingClient } from './attach/reconnecting-client.ts';
export type { ClientState, Clock, ReconnectingClient, StreamHooks } from './attach/reconnecting-client.ts';
export type { OnMessage, StreamMessage, StreamName, StreamParams } from './connection/streams.ts';
export { HealerError } from '../protocol/errors.ts';
export type { ErrorCode, ErrorData } from '../protocol/errors.ts';
export type { EngineEvent } from '../protocol/engine-event.ts';
export type { EventKind } from '../protocol/event-kinds.ts';
export type { LogLine } from '../protocol/log-line.ts';
export type { ConfigSection } from '../protocol/config-section.ts';
export type { AnomalyRecord } from '../protocol/results/anomaly-record.ts';
export type { UsageReading } from '../protocol/results/usage-reading.ts';
export type { ProgramSuggestions, Suggestion } from '../protocol/results/suggestions.ts';
export type { SettingResult } from '../protocol/results/setting-result.ts';
export type { SignalHandling, SignalResult } from '../protocol/results/signal-result.ts';
export type { ZombieCleanup, ZombieView } from '../protocol/results/zombie-view.ts';
export type { CooldownView } from '../protocol/results/cooldown-view.ts';
export type { HistoryResult } from '../protocol/results/history-result.ts';
export type { EngineApi, HelloResult } from '../protocol/methods/methods.ts';
export type { HoldAllResult, OperationOutcome, OperationResult } from '../protocol/results/operation-result.ts';
export type { Permission, Permissions, RemoteAccess } from '../protocol/permissions.ts';
export type { ExitStatus } from '../protocol/run.ts';
export type { SelectedOperation } from '../protocol/operations.ts';
export type { ProcessDetails } from '../protocol/results/process-details.ts';
export type { RestartMonitorResult, ShutdownResult } from '../protocol/results/shutdown-result.ts';
export type { LastExit, ProcessStateName } from '../protocol/process-state.ts';
export type { PeerView } from '../protocol/peer-view.ts';
export type { TrackedView, TrackStatus } from '../protocol/results/tracked-view.ts';
export type { EngineStatus, ProcessRow, SnapshotMessage, SnapshotRow } from '../protocol/snapshot.ts';
