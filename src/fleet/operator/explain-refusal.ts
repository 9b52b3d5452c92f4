import { HealerError } from '../../protocol/errors.ts';
import { accessOf } from '../../protocol/methods/method-access.ts';
import type { BusCredential } from '../bus/credential.ts';
import type { NamedHost } from '../contract/outcomes.ts';

/** Returns the error for a host that nothing answers for. @param absence as in "lost for 2 min"; null if nothing is known */
export function explainAbsence({ site, host }: NamedHost, absence: string | null): HealerError {
  const message =
    absence === null
      ? `no host of the fleet is called "${host}" (site "${site}"); "healer fleet ls" lists all hosts`
      : `"${host}" is ${absence}: no fleet agent answers there; check that its engine runs and that it reaches the hub`;
  return new HealerError('ENGINE_NOT_RUNNING', message, { host, site, absent: true });
}

/** Returns the error for a request that the bus does not permit with a credential. */
export function explainForbidden(
  { site, host }: NamedHost,
  method: string,
  { role, name }: Pick<BusCredential, 'role' | 'name'>,
): HealerError {
  const message = `the credential of "${name}" (${role}) does not permit "${method}" on "${host}": it needs the access "${accessOf(method)}" for the site "${site}"; ask an administrator of the fleet for an invitation with another role`;
  return new HealerError('FORBIDDEN', message, { host, site, method });
}
