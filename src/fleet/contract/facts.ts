import type { Access } from '../../protocol/methods/methods.ts';
import type { Labels } from './labels.ts';

/** The largest message of facts that is read, in bytes. */
export const FACTS_BYTES = 16 * 1024;

/** What a host reports about itself when it joins, and when something of it changes. */
export interface FleetFacts {
  /** From the subject, which the server enforces. */
  readonly site: string;
  readonly host: string;
  readonly epoch: string;
  /** When the facts were written, in hub time, ms since 1970. */
  readonly at: number;
  readonly hostname: string;
  readonly instance: string;
  /** The version of healer. */
  readonly version: string;
  readonly protocol: number;
  /** As in "Debian GNU/Linux 12". */
  readonly os: string;
  readonly kernel: string;
  readonly arch: string;
  readonly nodeVersion: string;
  readonly cores: number;
  /** In MB of 2^20 bytes; null if unknown. */
  readonly memoryMb: number | null;
  /** A hash of the id of the machine, which is the same for clones of a machine. */
  readonly machine: string;
  /** The id of the boot. */
  readonly boot: string;
  /** Hub time, ms since 1970; null if unknown. */
  readonly bootedAt: number | null;
  readonly engineStartedAt: number | null;
  /** The labels that the host claims. Labels that an operator gave it have precedence. */
  readonly labels: Labels;
  /** What the host permits operators of the fleet to do. */
  readonly allow: Access;
  /** The revision of the configuration that the host applied; null if it never applied one. */
  readonly revision: string | null;
}

/** Writes facts. The site is in the subject alone. */
export function writeFacts(facts: FleetFacts): string {
  return JSON.stringify({ ...facts, site: undefined });
}

/** What operators know about a host that was invited: the value of its key in the bucket of hosts. */
export interface HostEntry {
  readonly site: string;
  readonly host: string;
  readonly labels: Labels;
  /** Hub time, ms since 1970. */
  readonly invitedAt: number;
  /** The operator who invited it. */
  readonly invitedBy: string;
  /** When its credential was revoked, in hub time, ms since 1970; null if it is valid. */
  readonly fencedAt: number | null;
}

/** Writes the entry of a host. */
export function writeHostEntry(entry: HostEntry): string {
  return JSON.stringify({ ...entry, site: undefined });
}
