import {
  type Authenticator,
  connect,
  type ConnectionOptions,
  errors,
  type NatsConnection,
} from '@nats-io/transport-node';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { messageOf } from '../../base/thrown.ts';
import { HealerError } from '../../protocol/errors.ts';
import { requireGreeting } from './greeting.ts';
import { keyPairOf } from './signing-key.ts';
import { correctClient } from './correct-client.ts';
import type { BusCredential } from './credential.ts';

correctClient();

/** The port of the hub. Debian's nats-server package runs a server of its own on 4222. */
export const BUS_PORT = 19_886;

const PING_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** Before the next attempt to connect. A thousand hosts must not come back in the same second; persons wait for the hub. */
const HOST_DELAY = { leastMs: 1_000, spreadMs: 9_000 };
const PERSON_DELAY = { leastMs: 500, spreadMs: 1_500 };

/** What a connection to the bus reports about itself. */
export type BusStatus =
  | { readonly is: 'connected' }
  | { readonly is: 'away'; readonly reason: string }
  /** The server refused the credential: it was revoked, it expired, or the hub does not know it. */
  | { readonly is: 'refused'; readonly reason: string }
  /** The credential does not permit a subject. */
  | { readonly is: 'forbidden'; readonly subject: string };

export interface BusOptions {
  /** Shown by the hub, e.g. "healer-agent". */
  readonly clientName: string;
  readonly onStatus?: (status: BusStatus) => void;
  /** Keeps trying if the hub cannot be reached at first, without end. The default is to fail after 5 s. */
  readonly keepsTrying?: boolean;
  /** Where answers arrive, if not where the credential says. */
  readonly inbox?: string;
  /** The delay before the next attempt, in ms; tests shorten it. */
  readonly delayMs?: () => number;
}

/** A connection to the bus, which reconnects without end until it is closed. */
export interface Bus {
  readonly nats: NatsConnection;
  readonly credential: BusCredential;
  /** Answers to requests arrive below this subject. */
  readonly inbox: string;
  readonly close: () => Promise<void>;
}

/** Returns the subject below which only this credential may subscribe. */
function inboxOf({ role, site, name }: Pick<BusCredential, 'role' | 'site' | 'name'>): string {
  return role === 'host' ? `_INBOX.host.${site}.${name}` : `_INBOX.person.${name}`;
}

/**
 * Connects to the bus.
 * @throws HealerError IO_ERROR if no server answers, UNAUTHENTICATED if it refuses the credential
 */
export async function connectBus(credential: BusCredential, options: BusOptions): Promise<Bus> {
  const nats = await connectClient(credential, options).catch((error: unknown) => {
    throw explainFailure(error, credential);
  });
  if (options.onStatus !== undefined) void follow(nats, options.onStatus);
  return { nats, credential, inbox: options.inbox ?? inboxOf(credential), close: () => nats.close() };
}

async function connectClient(credential: BusCredential, options: BusOptions): Promise<NatsConnection> {
  if (options.keepsTrying !== true) await requireGreeting(credential.servers.map(addressOf), CONNECT_TIMEOUT_MS);
  return connect(connectionOptions(credential, options));
}

function addressOf(server: string): { readonly host: string; readonly port: number } {
  return { host: hostOfServer(server), port: Number(/:(\d+)$/.exec(server)?.[1] ?? BUS_PORT) };
}

function connectionOptions(credential: BusCredential, options: BusOptions): ConnectionOptions {
  const { ca, servers, jwt, seed } = credential;
  const keepsTrying = options.keepsTrying === true;
  return {
    servers: [...servers],
    name: options.clientName,
    authenticator: authenticatorOf(jwt, seed),
    inboxPrefix: options.inbox ?? inboxOf(credential),
    // Null rejects TLS: an attacker must not make the client believe that the hub has a certificate of another authority.
    tls: ca === null ? null : tlsOptions(ca, servers),
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    waitOnFirstConnect: keepsTrying,
    // After its store was wiped, a hub refuses every credential until its accounts are loaded again.
    ignoreAuthErrorAbort: keepsTrying,
    reconnectDelayHandler: options.delayMs ?? (() => randomDelayMs(credential)),
    // The hub would announce addresses that its certificate may not cover.
    ignoreClusterUpdates: true,
    // The client would create two errors with their stacks for each request, also if it succeeds.
    noAsyncTraces: true,
  };
}

/** Signs the challenge of the server. */
function authenticatorOf(jwt: string, seed: string): Authenticator {
  const key = keyPairOf(seed);
  return (nonce) => {
    const signature = key.sign(new TextEncoder().encode(nonce ?? ''));
    return { jwt, nkey: '', sig: Buffer.from(signature).toString('base64url') };
  };
}

function randomDelayMs({ role }: BusCredential): number {
  const { leastMs, spreadMs } = role === 'host' ? HOST_DELAY : PERSON_DELAY;
  return leastMs + Math.random() * spreadMs;
}

/** The client does not pass on addresses, so that the names in the certificate have to be checked here. */
function tlsOptions(ca: string, servers: readonly string[]): NonNullable<ConnectionOptions['tls']> {
  const hosts = servers.map(hostOfServer);
  const options = {
    ca,
    checkServerIdentity: (_host: string, certificate: PeerCertificate) => {
      const problems = hosts.map((host) => checkServerIdentity(host, certificate));
      return problems.includes(undefined) ? undefined : problems[0];
    },
  };
  return options;
}

/** Returns the host of `host:port`, without the brackets of an IPv6 address. */
export function hostOfServer(server: string): string {
  return server.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

async function follow(nats: NatsConnection, onStatus: (status: BusStatus) => void): Promise<void> {
  onStatus({ is: 'connected' });
  for await (const status of nats.status()) {
    if (status.type === 'reconnect') onStatus({ is: 'connected' });
    else if (status.type === 'disconnect') onStatus({ is: 'away', reason: 'the connection was lost' });
    else if (status.type === 'staleConnection') onStatus({ is: 'away', reason: 'the hub did not answer for 20 s' });
    else if (status.type === 'error') reportError(status.error, onStatus);
  }
}

function reportError(error: Error, onStatus: (status: BusStatus) => void): void {
  if (error instanceof errors.PermissionViolationError) onStatus({ is: 'forbidden', subject: error.subject });
  else if (isRefusal(error)) onStatus({ is: 'refused', reason: error.message });
}

/** A server that is too busy reports a timeout as an error of the authorization, although it never looked at the credential. */
function isRefusal(error: unknown): boolean {
  if (error instanceof errors.AuthorizationError && /timeout/i.test(error.message)) return false;
  return error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError;
}

function explainFailure(error: unknown, { servers, name, ca }: BusCredential): HealerError {
  const hub = servers.join(', ');
  const cause = causeOf(error);
  if (isRefusal(error)) {
    return new HealerError(
      'UNAUTHENTICATED',
      `the hub at ${hub} refused the credential of "${name}": it was revoked, or it expired; ask an administrator of the fleet for a new invitation`,
      { hub },
      { cause: error },
    );
  }
  const isUntrusted = ca !== null && /certificate|self.signed|altname|tls/i.test(cause);
  const step = isUntrusted
    ? 'the hub has another certificate than the one in the invitation: ask for a new invitation'
    : 'check that the hub runs ("healer status fleet-bus" on its machine) and that a firewall permits the port';
  return new HealerError('IO_ERROR', `cannot reach the hub at ${hub}: ${cause}; ${step}`, { hub }, { cause: error });
}

function causeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return messageOf(inner);
}
