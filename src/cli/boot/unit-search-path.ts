import { isAbsolute, normalize } from 'node:path';
import { isTemporaryFolder } from './launch.ts';

const STANDARD = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Returns the PATH for a service: each absolute folder once, without those of a single shell or of a cache. A service of the
 * system has no folders of users, who could replace what the engine executes.
 */
export function unitSearchPath(path: string, scope: 'system' | 'user', home: string): string {
  const isOfUser = (folder: string): boolean =>
    /^\/(?:home|root|Users)\//.test(folder) || folder.startsWith(`${home}/`);
  const folders = path
    .split(':')
    .filter(isAbsolute)
    .map((folder) => normalize(folder).replace(/(?<=.)\/$/, ''));
  const kept = [...new Set(folders)]
    .filter((folder) => scope === 'user' || !isOfUser(folder))
    .filter((folder) => !isTemporaryFolder(folder) && !folder.endsWith('/node_modules/.bin'));
  return kept.length === 0 ? STANDARD : kept.join(':');
}
