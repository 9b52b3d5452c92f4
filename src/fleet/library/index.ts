// The types of clients without @types/node know AsyncDisposable by this.
/// <reference lib="esnext.disposable" preserve="true" />
/** The part of the library that sees and operates the hosts of a fleet. */
export { FleetClient } from './fleet-client.ts';
export type { FleetHostClient } from './fleet-host-client.ts';
export type {
  FleetConnectOptions,
  FleetResult,
  HostChange,
  HostEvent,
  HostEventOptions,
  HostOptions,
  OperateHostsOptions,
} from './fleet-options.ts';
export type { BusRole } from '../bus/credential.ts';
export type { FleetFacts } from '../contract/facts.ts';
export type { FleetHost } from '../contract/fleet-host.ts';
export type { AbsentHost, FleetPlan, HostOutcome, NamedHost, Outcome, RefusedHost } from '../contract/outcomes.ts';
export type { Presence } from '../contract/presence.ts';
export type { FleetRow, StateCounts, WorstProgram } from '../contract/row.ts';
export { HealerError } from '../../protocol/errors.ts';
export type { ErrorCode, ErrorData } from '../../protocol/errors.ts';
