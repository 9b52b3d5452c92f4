import { isIP } from 'node:net';

/** Returns whether a host name or address names this machine for certain. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
