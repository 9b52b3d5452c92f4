import { isRecord } from '../../protocol/rpc.ts';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import { HealerError } from '../../protocol/errors.ts';
import { hostOfServer } from '../bus/connect-bus.ts';
import type { HubPlace } from './create-hub.ts';
import { BACKUP_VERSION, type HubContent } from './hub-file.ts';
import { hubPlaceOf } from './listen-address.ts';
import { withPort } from './server-config.ts';

/** What stands in a backup of a hub, by the type of each field. */
const TEXTS = ['listen', 'operatorSeed', 'systemSeed', 'accountSeed'] as const;

/** Returns the text of a backup: the keys and members, from which everything else of a hub can be created again. */
export function writeBackup(hub: HubContent): string {
  return `${JSON.stringify(hub, null, 1)}\n`;
}

/** @throws HealerError INVALID_CONFIG if the text is no backup of a hub */
export function readBackup(text: string, file: string): HubContent {
  const content = parseJsonObject(text);
  const isBackup =
    content !== null &&
    content['version'] === BACKUP_VERSION &&
    TEXTS.every((name) => typeof content[name] === 'string') &&
    Number.isInteger(content['port']) &&
    Array.isArray(content['servers']) &&
    Array.isArray(content['members']) &&
    isRecord(content['scopeSeeds']) &&
    isRecord(content['revoked']) &&
    (content['authority'] === null || isRecord(content['authority']));
  if (isBackup) return content as unknown as HubContent;
  throw new HealerError(
    'INVALID_CONFIG',
    `"${file}" is not a backup of a hub: use a file that "healer fleet backup" of this version wrote`,
  );
}

/**
 * Returns where a hub listens that is created from a backup. Hosts connect to the addresses that they joined with, so that only the
 * address of the machine may differ.
 * @param listen null for the one in the backup
 * @throws HealerError INVALID_CONFIG if the address cannot be used
 */
export function restoredPlace({ listen, port, servers, authority }: HubContent, wanted: string | null): HubPlace {
  const hasPort = wanted !== null && /(?:^[^:]+|\]):\d+$/.test(wanted);
  const place = hubPlaceOf({
    listen: wanted ?? withPort(listen, port),
    advertise: servers.map(hostOfServer),
    insecure: authority === null,
  });
  return { ...place, port: hasPort ? place.port : port, hasTls: authority !== null };
}
