import { readFileSync } from 'node:fs';
import type { Environment } from '../../base/environment.ts';
import type { RemoteOptions } from '../../client/remote/remote-options.ts';
import { explainReadProblem } from '../../base/file-problem.ts';
import { HealerError } from '../../protocol/errors.ts';

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
    ...(tokenFile === undefined ? {} : { token: readToken(tokenFile) }),
    ...(ca === undefined || ca === '' ? {} : { ca: readNamedFile(ca, 'HEALER_CA_FILE') }),
  };
}

const FLEET = 'fleet:';

/** Returns the host of the fleet that `--host` names, as in `fleet:web-01`; null for the URL of a remote API. */
export function fleetHostOf(url: string): string | null {
  return url.startsWith(FLEET) ? url.slice(FLEET.length) : null;
}

/** What a header of a request can hold. */
const TOKEN = /^[\x21-\x7e]+$/;

function readToken(file: string): string {
  const token = readNamedFile(file, '--token-file');
  if (TOKEN.test(token)) return token;
  const message = `"${file}" (--token-file) is not a token: a token is one word of printable ASCII characters — check the path`;
  throw new HealerError('INVALID_CONFIG', message, { file });
}

/** @param source the option or variable that names the file */
function readNamedFile(file: string, source: string): string {
  const content = contentOf(file, source);
  if (content !== '') return content;
  throw new HealerError('INVALID_CONFIG', `"${file}" (${source}) is empty — check the path`, { file });
}

function contentOf(file: string, source: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const message = `cannot read "${file}" (${source}): ${explainReadProblem(file, error)}`;
    throw new HealerError('INVALID_CONFIG', message, { file });
  }
}

/** Refuses `--host` for a command that works on this machine only. @throws HealerError INVALID_CONFIG */
export function refuseRemote({ remote }: { readonly remote: RemoteOptions | null }, command: string): void {
  if (remote === null) return;
  throw new HealerError('INVALID_CONFIG', `"healer ${command}" works on this machine only — omit "--host"`);
}
