import type { Access } from '../../protocol/methods/methods.ts';
import { isCallerName, isHostName, isSiteName } from './names.ts';

/** The version of the bus protocol, which every subject names. */
const PREFIX = 'healer.v1';

/** Stands for any one name in a subject. */
export const ANY = '*';

/** What a host publishes. */
export const HOST_SUBJECTS = ['row', 'facts', 'ev', 'live'] as const;
export type HostSubject = (typeof HOST_SUBJECTS)[number];

/** The streams in which the bus keeps messages. */
export const STREAMS = {
  /** The last row of each host. */
  rows: 'HEALER_ROWS',
  /** The last facts of each host. */
  facts: 'HEALER_FACTS',
  /** The events of all hosts. */
  events: 'HEALER_EVENTS',
  /** What operators did. */
  audit: 'HEALER_AUDIT',
} as const;

/** The buckets of keys and values. */
export const BUCKETS = {
  /** The invited hosts with the labels that operators gave them; the key is `hostKey`. */
  hosts: 'healer_hosts',
  /** Rolling operations. */
  operations: 'healer_ops',
  /** Versions of configurations. */
  config: 'healer_config',
} as const;

/** The headers of a request that changes something. */
export const HEADERS = {
  /** A UUID. A host performs each operation once; a repeated request gets the first answer. */
  operation: 'Healer-Op',
  /** In hub time, ms since 1970. A host refuses a request that arrives later. */
  deadline: 'Healer-Deadline',
} as const;

/** The largest answer of a host, in bytes; longer results are paged. */
export const ANSWER_BYTES = 512 * 1024;

/** Returns the subject on which a host publishes; site and host may be `ANY`. */
export function hostSubject(site: string, host: string, kind: HostSubject): string {
  return `${PREFIX}.${site}.${host}.${kind}`;
}

/** Returns the subject of a request; every name may be `ANY`. */
export function rpcSubject(site: string, host: string, access: Access, method: string, caller: string): string {
  return `${PREFIX}.${site}.${host}.rpc.${access}.${method}.${caller}`;
}

/** Returns the subject that covers all requests to a host. */
export function allRequestsTo(site: string, host: string): string {
  return `${PREFIX}.${site}.${host}.rpc.>`;
}

/** Returns the subject on which an operator records what was done. */
export function auditSubject(caller: string): string {
  return `${PREFIX}.audit.${caller}`;
}

/** What a subject says about its message. The server enforces it, so it is the truth about who sent the message. */
export type ParsedSubject =
  | { readonly kind: HostSubject; readonly site: string; readonly host: string }
  | {
      readonly kind: 'rpc';
      readonly site: string;
      readonly host: string;
      readonly access: Access;
      readonly method: string;
      readonly caller: string;
    };

const ACCESSES: readonly string[] = ['read', 'operate', 'admin'] satisfies readonly Access[];
const METHOD = /^[A-Za-z]{1,64}$/;

/** Parses the subject of a message from or to a host; null if it is not one. */
export function parseSubject(subject: string): ParsedSubject | null {
  if (!subject.startsWith(`${PREFIX}.`)) return null;
  const [site = '', host = '', kind = '', access = '', method = '', caller = '', ...rest] = subject
    .slice(PREFIX.length + 1)
    .split('.');
  if (!isSiteName(site) || !isHostName(host)) return null;
  if (kind === 'rpc') {
    const isRequest = ACCESSES.includes(access) && METHOD.test(method) && isCallerName(caller) && rest.length === 0;
    return isRequest ? { kind, site, host, access: access as Access, method, caller } : null;
  }
  return access === '' && isHostSubject(kind) ? { kind, site, host } : null;
}

function isHostSubject(kind: string): kind is HostSubject {
  return (HOST_SUBJECTS as readonly string[]).includes(kind);
}
