import { needsNames } from '../../base/host-pattern.ts';
import type { RemoteSettings } from '../../config/registry/remote-endpoints.ts';
import { type Caller, judgeCaller } from '../../policy/remote-access/caller.ts';
import { callerKey } from '../../policy/remote-access/caller-key.ts';
import { originOf } from '../../policy/remote-access/forwarding.ts';
import { originProblem, type RequestHeaders } from '../../policy/remote-access/request-origin.ts';
import { HealerError } from '../../protocol/errors.ts';
import { createHostNames } from './host-names.ts';
import { RateLimiter, requestLimitOf } from './rate-limiter.ts';
import type { Token } from './token.ts';

/** What a transport knows about the sender of a request. */
export interface CallerRequest {
  /** The address at the other end of the connection: the caller's own, or that of a proxy. */
  readonly peerAddress: string;
  /** The address of this machine that the request arrived at. */
  readonly localAddress: string;
  /** The addresses that proxies listed, in the format of X-Forwarded-For; null for a request that no proxy forwarded. */
  readonly forwardedFor: string | null;
  /** The bearer token; null if the request carries none. */
  readonly token: string | null;
  /** The headers that reveal a web page as the sender; null for a transport that web pages cannot use. */
  readonly originHeaders: RequestHeaders | null;
  /** Whether a connection within this machine belongs to the engine's own user or root; null if unknown. */
  readonly isOwnUser: () => Promise<boolean | null>;
  /** The user at the other end of a connection within this machine; null or absent if unknown. */
  readonly userId?: () => Promise<number | null>;
}

/** What identifying a caller depends on. */
export interface CallerCheckOptions {
  readonly settings: () => RemoteSettings;
  /** Null if no token is configured. */
  readonly token: Token | null;
  /** Monotonic time in ms. */
  readonly now: () => number;
}

/** How many wrong tokens an address may send before it has to wait. */
const WRONG_TOKENS = { perSecond: 0.2, burst: 10 } as const;

/** Identifies the caller of a remote request, and rejects those who may not call at all. */
export class CallerCheck {
  readonly #options: CallerCheckOptions;
  readonly #namesOf: ReturnType<typeof createHostNames>;
  readonly #requests: RateLimiter;
  readonly #wrongTokens: RateLimiter;

  constructor(options: CallerCheckOptions) {
    this.#options = options;
    this.#namesOf = createHostNames(options.now);
    this.#requests = new RateLimiter(options.now);
    this.#wrongTokens = new RateLimiter(options.now);
  }

  /** @throws HealerError FORBIDDEN, UNAUTHENTICATED or TOO_MANY_REQUESTS */
  async identify(request: CallerRequest): Promise<Caller> {
    const { api, trustedHosts } = this.#options.settings();
    refuseWebPages(request, api.names);
    const { address, isForwarded } = originOf(request.peerAddress, request.forwardedFor, api.proxies);
    const names = needsNames(trustedHosts) ? await this.#namesOf(address) : [];
    const isOwnUser = await request.isOwnUser();
    const key = callerKey(address, (await request.userId?.()) ?? null);
    const judgement = judgeCaller(
      { address, names, isForwarded, isOwnUser, token: this.#judgeToken(request.token, key) },
      { trustedHosts, needsToken: this.#options.token !== null, isInsecure: api.insecure },
    );
    if (judgement.caller !== 'trusted') {
      this.#requests.take(key, requestLimitOf(api));
    }
    if (judgement.caller === null) throw new HealerError(judgement.code, judgement.message);
    return judgement.caller;
  }

  /** Returns what limits per caller apply to. */
  async keyOf(request: CallerRequest): Promise<string> {
    const { api } = this.#options.settings();
    const { address } = originOf(request.peerAddress, request.forwardedFor, api.proxies);
    return callerKey(address, (await request.userId?.()) ?? null);
  }

  #judgeToken(token: string | null, key: string): 'right' | 'wrong' | 'none' {
    if (token === null) return 'none';
    if (this.#options.token?.isRight(token) === true) return 'right';
    this.#wrongTokens.take(key, WRONG_TOKENS);
    return 'wrong';
  }
}

function refuseWebPages({ originHeaders, localAddress }: CallerRequest, names: readonly string[]): void {
  const problem = originHeaders === null ? null : originProblem(originHeaders, { localAddress, names });
  if (problem !== null) throw new HealerError('FORBIDDEN', problem);
}
