import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { needsNames } from '../../../base/host-pattern.ts';
import type { RemoteSettings } from '../../../config/registry/remote-endpoints.ts';
import { type Caller, judgeCaller } from '../../../policy/remote-access/caller.ts';
import { originOf } from '../../../policy/remote-access/forwarding.ts';
import { originProblem } from '../../../policy/remote-access/request-origin.ts';
import { HealerError } from '../../../protocol/errors.ts';
import { createHostNames } from '../../access/host-names.ts';
import { isOwnPeer } from './peer-user.ts';
import { RateLimiter } from '../../access/rate-limiter.ts';
import { originHeadersOf } from './request-origin-headers.ts';
import { bearerOf, type Token } from '../../access/token.ts';

export interface GuardOptions {
  readonly settings: () => RemoteSettings;
  readonly token: Token | null;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
}

/** Wrong tokens of one address; beyond that it has to wait. */
const FAILURES = { perSecond: 0.2, burst: 10 } as const;
const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'] as const;

/** Stands before every request: finds out who asks, and sends away who may not ask at all. */
export class Guard {
  readonly #options: GuardOptions;
  readonly #namesOf: ReturnType<typeof createHostNames>;
  readonly #requests: RateLimiter;
  readonly #failures: RateLimiter;
  readonly #peers = new WeakMap<Socket, Promise<boolean | null>>();

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#namesOf = createHostNames(options.now);
    this.#requests = new RateLimiter(options.now);
    this.#failures = new RateLimiter(options.now);
  }

  /** @throws HealerError FORBIDDEN, UNAUTHENTICATED or TOO_MANY_REQUESTS */
  async admit(request: IncomingMessage): Promise<Caller> {
    const { api, trustedHosts } = this.#options.settings();
    const { socket } = request;
    const facing = { localAddress: socket.localAddress ?? '', names: api.names };
    const problem = originProblem(originHeadersOf(request), facing);
    if (problem !== null) throw new HealerError('FORBIDDEN', problem);
    const { address, isForwarded } = originOf(socket.remoteAddress ?? '', forwardedForOf(request), api.proxies);
    const names = needsNames(trustedHosts) ? await this.#namesOf(address) : [];
    const judgement = judgeCaller(
      {
        address,
        names,
        isForwarded,
        isOwnUser: await this.#isOwnUser(socket),
        token: this.#judgeToken(request, address),
      },
      { trustedHosts, needsToken: this.#options.token !== null, isInsecure: api.insecure },
    );
    const isTrusted = judgement.caller === 'trusted';
    if (!isTrusted)
      this.#requests.take(address, { perSecond: api.requestsPerSecond, burst: api.requestsPerSecond * 2 });
    if (judgement.caller === null) throw new HealerError(judgement.code, judgement.message);
    return judgement.caller;
  }

  #isOwnUser(socket: Socket): Promise<boolean | null> {
    const known = this.#peers.get(socket) ?? isOwnPeer(socket);
    this.#peers.set(socket, known);
    return known;
  }

  #judgeToken(request: IncomingMessage, address: string): 'right' | 'wrong' | 'none' {
    const given = bearerOf(request.headers.authorization);
    if (given === null) return 'none';
    if (this.#options.token?.isRight(given) === true) return 'right';
    this.#failures.take(address, FAILURES);
    return 'wrong';
  }
}

/** What proxies say of the way; null without any of their headers. */
function forwardedForOf(request: IncomingMessage): string | null {
  const isForwarded = FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined);
  return isForwarded ? (headerOf(request, 'x-forwarded-for') ?? '') : null;
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
