import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { CallerRequest } from '../../access/caller-check.ts';
import { type PeerUser, peerUserOf } from './peer-user.ts';
import { originHeadersOf } from './request-origin-headers.ts';

/**
 * Headers that proxies, load balancers and content delivery networks add. Callers seldom set them themselves, and gain
 * nothing by it.
 */
const FORWARDING_HEADER = new RegExp(
  [
    '^x-forward|^forwarded(?:-|$)|(?:^|-)via$|^max-forwards$|^cdn-loop$|^proxy-|^x-proxy|^x-original-|^x-rewrite-',
    '(?:client|connecting|real|user|remote|origin|source|peer)-?(?:ip|addr|address)$|^x-(?:envoy|arr|azure|amz-cf|amzn|cloud-trace)-',
    '^(?:cf|fly|fastly|akamai|incap|x-vercel|x-nf|x-appengine|x-sucuri|x-cluster|x-host)-|^wl-proxy-',
    '^(?:ngrok|surrogate|x-varnish|x-tunnel|x-bluecoat|x-weblogic|x-ip-trail|x-coming-from)(?:-|$)',
  ].join('|'),
);

/** The owner of a connection does not change, so it is determined once for all its requests. */
const owners = new WeakMap<Socket, Promise<PeerUser>>();

/** Returns what an HTTP request reveals about its sender. */
export function callerRequestOf(request: IncomingMessage): CallerRequest {
  const { socket } = request;
  return {
    peerAddress: socket.remoteAddress ?? '',
    localAddress: socket.localAddress ?? '',
    forwardedFor: forwardedForOf(request),
    token: bearerOf(request.headers.authorization),
    originHeaders: originHeadersOf(request),
    isOwnUser: async () => (await ownerOf(socket)).isOwn,
    userId: async () => (await ownerOf(socket)).userId,
  };
}

function ownerOf(socket: Socket): Promise<PeerUser> {
  const known = owners.get(socket) ?? peerUserOf(socket);
  owners.set(socket, known);
  return known;
}

/** Returns an empty text for a request that was forwarded without X-Forwarded-For, and null for one that was not. */
function forwardedForOf(request: IncomingMessage): string | null {
  const isForwarded = Object.keys(request.headers).some((name) => FORWARDING_HEADER.test(name));
  return isForwarded ? (headerOf(request, 'x-forwarded-for') ?? '') : null;
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/**
 * Returns the bearer token (https://www.rfc-editor.org/rfc/rfc6750#section-2.1), or null without the header. Another
 * scheme yields an empty token, which is always wrong.
 */
function bearerOf(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';
}
