/** The library's public face: attach to an engine that runs on this machine. */
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
  ShutdownResult,
} from '../protocol/methods.ts';
export type { LastExit, ProcessStateName } from '../protocol/process-state.ts';
export type { EngineStatus, ProcessRow, SnapshotMessage, SnapshotRow } from '../protocol/snapshot.ts';
