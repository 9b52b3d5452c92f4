/** The library's public face: attach to an engine here or elsewhere, start one, or be checked by one. */
export { HealerClient } from './healer-client.ts';
export type { LocalOptions } from './healer-client.ts';
export { RemoteHealerClient } from './remote-healer-client.ts';
export type { RemoteOptions } from './remote/remote-options.ts';
export type { DiscoverOptions } from './remote/discover-engine.ts';
export type { AttachedClient, EventOptions, LogOptions, StopOptions } from './attached-client.ts';
export { AlivenessServer } from './aliveness-server.ts';
export type { AlivenessAnswer, AlivenessOptions } from './aliveness-server.ts';
export { createEngine } from './create-engine.ts';
export type { EmbeddedEngine, EngineOptions } from './create-engine.ts';
export { connectLocal } from './connection.ts';
export type { Connection, ConnectOptions, Subscription } from './connection.ts';
export { listAll } from './list-all.ts';
export { createReconnectingClient } from './reconnecting-client.ts';
export type { ClientState, Clock, ReconnectingClient, StreamHooks } from './reconnecting-client.ts';
export type { OnMessage, StreamMessage, StreamName, StreamParams } from './streams.ts';
export { HealerError } from '../protocol/errors.ts';
export type { ErrorCode, ErrorData } from '../protocol/errors.ts';
export type { EngineEvent, EventKind } from '../protocol/engine-event.ts';
export type { LogLine } from '../protocol/log-line.ts';
export type {
  CooldownView,
  EngineApi,
  HelloResult,
  HistoryResult,
  OperationResult,
  ProcessDetails,
  RestartMonitorResult,
  ShutdownResult,
} from '../protocol/methods.ts';
export type { LastExit, ProcessStateName } from '../protocol/process-state.ts';
export type { PartnerView } from '../protocol/partner-view.ts';
export type { TrackedView, TrackStatus } from '../protocol/tracked-view.ts';
export type { EngineStatus, ProcessRow, SnapshotMessage, SnapshotRow } from '../protocol/snapshot.ts';
