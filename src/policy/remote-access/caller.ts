import type { Access } from '../../protocol/methods/methods.ts';
import type { Permission, Permissions } from '../../protocol/permissions.ts';
import { type HostFacts, isLoopback, matchesHost } from '../../base/host-pattern.ts';

/** What is known of who sent a request. */
export interface CallerFacts extends HostFacts {
  /** Of a connection within this machine: whether it belongs to the engine's own user, or root. Null when unknown. */
  readonly isOwnUser: boolean | null;
  /** Somebody between says so, who was not configured as a proxy: the address is not the caller's. */
  readonly isForwarded: boolean;
  readonly token: 'right' | 'wrong' | 'none';
}

export interface CallerRules {
  readonly trustedHosts: readonly string[];
  /** Whether a token is configured; then each request has to carry it. */
  readonly needsToken: boolean;
  /** The operator wants neither tokens nor questions. */
  readonly isInsecure: boolean;
}

/** Trusted callers may do all that can be done remotely; guests what the permissions allow. */
export type Caller = 'trusted' | 'guest';

export type Judgement =
  { readonly caller: Caller } | { readonly caller: null; readonly code: 'UNAUTHENTICATED'; readonly message: string };

/** Who a caller is to us (SPEC section 12). */
export function judgeCaller(facts: CallerFacts, rules: CallerRules): Judgement {
  const { isOwnUser, isForwarded, token } = facts;
  if (token === 'wrong') return refuse('the token is not the right one');
  if (rules.needsToken && token === 'none') {
    return refuse('a token is needed: send it as "Authorization: Bearer TOKEN"');
  }
  const isStranger = isForwarded || (isLoopback(facts.address) && isOwnUser === false);
  if (isStranger && token === 'none' && !rules.isInsecure) {
    const why = isForwarded ? 'was forwarded by a proxy' : 'comes from another user of this machine';
    return refuse(`this request ${why}, so it needs a token; its operator sets "tokenFile" of the setting "api"`);
  }
  // Behind an unknown proxy the address is the proxy's, which says nothing about the caller.
  const isTrusted = !isForwarded && rules.trustedHosts.some((pattern) => matchesHost(pattern, facts));
  return { caller: isTrusted && !(isStranger && token === 'none') ? 'trusted' : 'guest' };
}

function refuse(message: string): Judgement {
  return { caller: null, code: 'UNAUTHENTICATED', message };
}

interface Request {
  readonly access: Access;
  /** Null for what no permission opens. */
  readonly needs: readonly Permission[] | null;
}

/** Why a caller may not do that; null when it may. */
export function permissionProblem(caller: Caller, { access, needs }: Request, permissions: Permissions): string | null {
  if (caller === 'trusted' || access === 'read') return null;
  if (needs === null || access === 'admin') return 'only a trusted host may do that';
  const missing = missingPermissions(needs, permissions);
  if (missing.length === 0) return null;
  return `callers that are not trusted may not do that here: ${missing.join(' and ')} is off`;
}

/** Those of what is needed that are off, each once. */
export function missingPermissions(needs: readonly Permission[], permissions: Permissions): readonly Permission[] {
  return [...new Set(needs)].filter((permission) => !permissions[permission]);
}
