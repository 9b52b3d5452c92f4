import type { Access } from '../../protocol/methods/methods.ts';
import type { SessionRole } from '../../protocol/session-role.ts';
import type { Caller } from './caller.ts';

/** What a client of the Unix socket may still do after it gave up rights. */
export interface SessionRights {
  readonly role: SessionRole;
  /** On whose behalf the client calls; null if it named no caller. */
  readonly caller: string | null;
  /** The highest access that its requests may have. */
  readonly allow: Access;
}

/** What a client asks for with `hello`. What it leaves out stays as it is. */
export interface RightsRequest {
  readonly role?: SessionRole | undefined;
  readonly caller?: string | undefined;
  readonly allow?: Access | undefined;
}

/** What the setting `fleet` says about callers from the fleet. */
export interface FleetRules {
  readonly allow: Access;
  /** Names of callers with the rights of trusted hosts. */
  readonly trust: readonly string[];
}

const ACCESS_ORDER: readonly Access[] = ['read', 'operate', 'admin'];
const ROLE_ORDER: readonly SessionRole[] = ['guest', 'fleet', 'trusted'];

/**
 * Returns the rights of a session after a request to lower them, or why the request is refused: rights are never raised,
 * and the name of a caller never changes.
 * @param current null for a session that still has all rights
 */
export function lowerRights(current: SessionRights | null, request: RightsRequest): SessionRights | string {
  const {
    role = current?.role ?? 'trusted',
    caller = current?.caller ?? null,
    allow = current?.allow ?? 'admin',
  } = request;
  if (current !== null) {
    if (ROLE_ORDER.indexOf(role) > ROLE_ORDER.indexOf(current.role)) return raised(current.role, role);
    if (ACCESS_ORDER.indexOf(allow) > ACCESS_ORDER.indexOf(current.allow)) return raised(current.allow, allow);
    if (current.caller !== null && caller !== current.caller) {
      return `this connection calls on behalf of "${current.caller}"; open another one for "${caller ?? ''}"`;
    }
  }
  if (role === 'fleet' && caller === null) return 'the role "fleet" needs the name of a caller';
  return { role, caller, allow };
}

function raised(from: string, to: string): string {
  return `the rights of a connection can only be lowered: it has "${from}" and asked for "${to}"; open another connection`;
}

/** Returns whether a caller with these rights is trusted or a guest. */
export function callerOf({ role, caller }: SessionRights, fleet: FleetRules): Caller {
  if (role !== 'fleet') return role;
  return caller !== null && fleet.trust.includes(caller) ? 'trusted' : 'guest';
}

/** Returns why rights do not include an access; null if they do. */
export function accessProblem({ role, allow }: SessionRights, wanted: Access, fleet: FleetRules): string | null {
  const isAbove = (limit: Access): boolean => ACCESS_ORDER.indexOf(wanted) > ACCESS_ORDER.indexOf(limit);
  if (isAbove(allow))
    return `this connection may only use methods with the access "${allow}" or lower; this one needs "${wanted}"`;
  if (role !== 'fleet' || !isAbove(fleet.allow)) return null;
  return `this host allows the fleet no more than "${fleet.allow}", and this request needs "${wanted}": see the setting "fleet" of the host`;
}
