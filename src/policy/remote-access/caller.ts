import type { Access } from '../../protocol/methods/methods.ts';
import type { Permission, Permissions } from '../../protocol/permissions.ts';
import { type KnownHost, isLoopback, matchesHost } from '../../base/host-pattern.ts';

/** What is known about the sender of a request. */
export interface CallerFacts extends KnownHost {
  /** For a local connection: whether it belongs to the engine's user or to root. Null if unknown. */
  readonly isOwnUser: boolean | null;
  /** Forwarded by a proxy that is not configured, so that the address is not the caller's. */
  readonly isForwarded: boolean;
  readonly token: 'right' | 'wrong' | 'none';
}

export interface CallerRules {
  readonly trustedHosts: readonly string[];
  /** Whether a token is configured. Every request then has to carry it. */
  readonly needsToken: boolean;
  /** The operator disabled authentication. */
  readonly isInsecure: boolean;
}

/** Trusted callers may do everything that is possible remotely; guests only what the permissions allow. */
export type Caller = 'trusted' | 'guest';

export type Judgment =
  { readonly caller: Caller } | { readonly caller: null; readonly code: 'UNAUTHENTICATED'; readonly message: string };

/** Decides whether a caller is trusted, a guest, or refused. */
export function judgeCaller(facts: CallerFacts, rules: CallerRules): Judgment {
  const { isOwnUser, isForwarded, token } = facts;
  if (token === 'wrong') return refuse('the token is wrong');
  if (rules.needsToken && token === 'none') {
    return refuse('a token is required: send "Authorization: Bearer TOKEN"');
  }
  const isUnverified = isForwarded || (isLoopback(facts.address) && isOwnUser === false);
  if (isUnverified && token === 'none' && !rules.isInsecure) {
    const why = isForwarded ? 'was forwarded by a proxy' : 'comes from another user on this machine';
    return refuse(`this request ${why}, so it needs a token; set "tokenFile" in the setting "api"`);
  }
  // Behind an unknown proxy the address is that of the proxy, not of the caller.
  const isTrusted = !isForwarded && rules.trustedHosts.some((pattern) => matchesHost(pattern, facts));
  return { caller: isTrusted && !(isUnverified && token === 'none') ? 'trusted' : 'guest' };
}

function refuse(message: string): Judgment {
  return { caller: null, code: 'UNAUTHENTICATED', message };
}

interface Request {
  readonly access: Access;
  /** Null if no permission allows it. */
  readonly needs: readonly Permission[] | null;
}

/** Returns why a caller may not perform a request; null if it may. */
export function permissionProblem(caller: Caller, { access, needs }: Request, permissions: Permissions): string | null {
  if (caller === 'trusted' || access === 'read') return null;
  if (needs === null || access === 'admin') return 'only trusted hosts may do that';
  const missing = missingPermissions(needs, permissions);
  if (missing.length === 0) return null;
  return `callers that are not trusted may not do that: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} off`;
}

/** Returns the required permissions that are off, without duplicates. */
export function missingPermissions(needs: readonly Permission[], permissions: Permissions): readonly Permission[] {
  return [...new Set(needs)].filter((permission) => !permissions[permission]);
}
