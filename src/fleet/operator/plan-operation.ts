import type { BusCredential } from '../bus/credential.ts';
import type { FleetHost } from '../contract/fleet-host.ts';
import type { AbsentHost, FleetPlan, NamedHost, RefusedHost } from '../contract/outcomes.ts';

/**
 * Returns what an operation on selected hosts will do. A host that is late is asked: it may well answer.
 * @param credential decides which hosts refuse for certain; others may still refuse
 */
export function planOperation(
  { operation, programs }: Pick<FleetPlan, 'operation' | 'programs'>,
  hosts: readonly FleetHost[],
  credential: Pick<BusCredential, 'role' | 'name' | 'site'>,
): FleetPlan {
  const matched: NamedHost[] = [];
  const absent: AbsentHost[] = [];
  const refused: RefusedHost[] = [];
  for (const each of hosts) {
    const { site, host, presence, ageMs } = each;
    const reason = refusalOf(each, credential);
    if (presence !== 'live' && presence !== 'late') absent.push({ site, host, presence, ageMs });
    else if (reason !== null) refused.push({ site, host, reason });
    else matched.push({ site, host });
  }
  return { operation, programs, matched, absent, refused };
}

function refusalOf({ site, row }: FleetHost, credential: Pick<BusCredential, 'role' | 'name' | 'site'>): string | null {
  const { role, name } = credential;
  if (role === 'viewer' || role === 'host') return `the credential of "${name}" (${role}) may only read`;
  if (role === 'operator' && credential.site !== '*' && credential.site !== site) {
    return `the credential of "${name}" is limited to the site "${credential.site}"`;
  }
  return row?.collision === true ? 'another machine uses its credential' : null;
}
