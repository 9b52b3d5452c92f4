import { lookup } from 'node:dns';
import type { LookupFunction, NetConnectOpts } from 'node:net';

const BOTH_LOOPBACKS = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
] as const;

/** How long an address may take to accept a connection before the next address of the same host is tried. */
const ATTEMPT_MS = 500;

/** Resolves `localhost` to both loopback addresses, as RFC 6761 defines it, even if the hosts file has only one of them. */
const lookupBoth: LookupFunction = (hostname, options, callback) => {
  if (!/^(?:.+\.)?localhost\.?$/i.test(hostname)) lookup(hostname, options, callback);
  else if (options.all === true) process.nextTick(callback, null, [...BOTH_LOOPBACKS]);
  else process.nextTick(callback, null, BOTH_LOOPBACKS[0].address, BOTH_LOOPBACKS[0].family);
};

/** Options of a connection that tries all addresses of its host. */
export const EVERY_ADDRESS = {
  lookup: lookupBoth,
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
} as const satisfies Partial<NetConnectOpts>;
