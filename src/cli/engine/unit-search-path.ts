import { isAbsolute, normalize } from 'node:path';

const STANDARD = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Returns the PATH for a systemd unit: each absolute folder once, and in a system unit no folders of users, who could replace
 * what the engine executes.
 */
export function unitSearchPath(path: string, scope: 'system' | 'user', home: string): string {
  const isOfUser = (folder: string): boolean =>
    /^\/(?:home|root|Users)\//.test(folder) || folder.startsWith(`${home}/`);
  const folders = path
    .split(':')
    .filter(isAbsolute)
    .map((folder) => normalize(folder).replace(/(?<=.)\/$/, ''));
  const kept = [...new Set(folders)].filter((folder) => scope === 'user' || !isOfUser(folder));
  return kept.length === 0 ? STANDARD : kept.join(':');
}
