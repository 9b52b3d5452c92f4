import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { FleetHost } from '../contract/fleet-host.ts';
import type { FleetPlan, HostOutcome, NamedHost, Outcome } from '../contract/outcomes.ts';

/** Which fleet to connect to. */
export interface FleetConnectOptions {
  /** The file with the credential; by default the one that "healer fleet join" and "healer fleet init" wrote for this user. */
  readonly credentialFile?: string;
  /** Aborts connecting; has no effect once connected. */
  readonly signal?: AbortSignal;
}

/** Which hosts to iterate over. */
export interface HostOptions {
  /** Terms as of "healer fleet ls", e.g. "role=web !healthy"; all hosts by default. */
  readonly selector?: string;
  /** Ends the iteration: `next` rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** Which events of which hosts to iterate over. */
export interface HostEventOptions extends HostOptions {
  /** Only events of the program with this id. */
  readonly process?: string;
  /**
   * Start after these sequence numbers, by `site/host`. A host that is not listed starts with the first event after it
   * was reached.
   */
  readonly afterSeq?: Readonly<Record<string, number>>;
  /** Called with the number of events that a host no longer has. By default, the iterator throws a HealerError MISSED. */
  readonly onMissed?: (count: number, host: NamedHost) => void;
  /** Called when a host refuses its events; others continue. By default, the iterator throws the error. */
  readonly onRefused?: (error: Error, host: NamedHost) => void;
}

/** A host whose row, facts or labels have changed. */
export interface HostChange extends NamedHost {
  /** What is known about the host; null once it was forgotten, or is no longer selected. */
  readonly state: FleetHost | null;
}

/** An event of a host. */
export interface HostEvent extends NamedHost {
  readonly event: EngineEvent;
}

/** How to perform an operation on selected hosts. */
export interface OperateHostsOptions {
  /** The stop timeout of programs. */
  readonly timeoutMs?: number;
  /** Called with each outcome as it arrives. */
  readonly onOutcome?: (outcome: HostOutcome) => void;
}

/** What an operation on selected hosts did. */
export interface FleetResult {
  readonly plan: FleetPlan;
  /** One outcome for each selected host. */
  readonly outcomes: readonly HostOutcome[];
  readonly counts: Readonly<Record<Outcome, number>>;
}
