import { readFileSync } from 'node:fs';
import type { Environment } from '../../base/environment.ts';
import type { RemoteOptions } from '../../client/remote/remote-options.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';

interface RemoteFlags {
  readonly host: string | undefined;
  readonly tokenFile: string | undefined;
}

/** Returns how to reach the engine of `--host`, or null without that option. @throws HealerError INVALID_CONFIG when a file cannot be read */
export function remoteOptionsOf({ host, tokenFile }: RemoteFlags, env: Environment): RemoteOptions | null {
  if (host === undefined) {
    if (tokenFile === undefined) return null;
    throw new HealerError('INVALID_CONFIG', '"--token-file" needs "--host": the local engine requires no token');
  }
  if (fleetHostOf(host) !== null && tokenFile !== undefined) {
    throw new HealerError('INVALID_CONFIG', '"--token-file" is for the remote API: hosts of a fleet require no token');
  }
  const ca = env['HEALER_CA_FILE'];
  return {
    url: host,
    ...(tokenFile === undefined ? {} : { token: readSecret(tokenFile) }),
    ...(ca === undefined || ca === '' ? {} : { ca: readSecret(ca) }),
  };
}

const FLEET = 'fleet:';

/** Returns the host of the fleet that `--host` names, as in `fleet:web-01`; null for the URL of a remote API. */
export function fleetHostOf(url: string): string | null {
  return url.startsWith(FLEET) ? url.slice(FLEET.length) : null;
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new HealerError('INVALID_CONFIG', `cannot read "${file}": ${toHealerError(error).message} — check the path`, {
      file,
    });
  }
}

/** Refuses `--host` for a command that works on this machine only. @throws HealerError INVALID_CONFIG */
export function refuseRemote({ remote }: { readonly remote: RemoteOptions | null }, command: string): void {
  if (remote === null) return;
  throw new HealerError('INVALID_CONFIG', `"healer ${command}" works on this machine only — omit "--host"`);
}
