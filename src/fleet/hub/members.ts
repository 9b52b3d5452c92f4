import { nearestWord } from '../../base/nearest-word.ts';
import { HealerError } from '../../protocol/errors.ts';
import { changeHub, type HubContent, type Member } from './hub-file.ts';
import { keysOf, revoke } from './invite.ts';

/** Members that were fenced or forgotten, and the hub afterwards. */
export interface Expelled {
  readonly hub: HubContent;
  readonly members: readonly Member[];
}

/**
 * Revokes the credentials of members, and removes the members if they are to be forgotten.
 * @throws HealerError NOT_FOUND or INVALID_CONFIG if a name fits none or several, and then changes nothing
 */
export function expel(
  stateDir: string,
  names: readonly string[],
  { site, forget }: { readonly site: string | undefined; readonly forget: boolean },
): Promise<Expelled> {
  const nowMs = Date.now();
  return changeHub(stateDir, (before) => {
    const members = names.map((name) => findMember(before, name, site));
    const revoked = revoke(before, members.flatMap(keysOf), nowMs);
    const kept = revoked.members.filter((member) => !members.includes(member));
    const fenced = members.map((member) => ({ ...member, invitation: null, fencedAtMs: nowMs }));
    const hub = { ...revoked, members: forget ? kept : [...kept, ...fenced] };
    return Promise.resolve([hub, { hub, members }] as const);
  });
}

function findMember({ members }: HubContent, name: string, site: string | undefined): Member {
  const found = members.filter((member) => member.name === name && (site === undefined || member.site === site));
  const [member] = found;
  if (member === undefined) {
    const nearest = nearestWord(
      name,
      members.map((it) => it.name),
    );
    const hint = nearest === null ? '"healer fleet ls" lists the hosts' : `did you mean "${nearest}"?`;
    throw new HealerError('NOT_FOUND', `the fleet has no member "${name}": ${hint}`);
  }
  if (found.length > 1) {
    const places = found.map(({ role, site: place }) => (role === 'host' ? `a host in ${place}` : `a ${role}`));
    throw new HealerError(
      'INVALID_CONFIG',
      `"${name}" is ${places.join(' and ')}: add "--site NAME" to select the host`,
    );
  }
  return member;
}
