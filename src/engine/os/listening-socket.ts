import { chmodSync, closeSync, rmSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { linkStatsOf } from '../../base/stats-of.ts';
import { type Libc, SystemCallError } from '../../base/libc.ts';
import { unixAddress } from '../../base/unix-sockets.ts';

/** From bits/socket.h, asm-generic/socket.h, netinet/in.h and fcntl.h. */
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const F_DUPFD_CLOEXEC = 1030;
/** Above the descriptors that programs receive, so that none is replaced while they are passed on. */
const LOWEST_FD = 256;

/** An address to listen on: the path of a Unix socket, or a port of an interface; null is all of them. */
export type ListenAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string | null; readonly port: number };

/** Returns an address as a definition writes it. */
export function parseListenAddress(listen: string | number): ListenAddress {
  const text = String(listen);
  if (text.startsWith('/')) return { kind: 'unix', path: text };
  const at = text.lastIndexOf(':');
  const port = Number(text.slice(at + 1));
  if (at === -1) return { kind: 'tcp', host: null, port };
  const host = text.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  if (host === '*') return { kind: 'tcp', host: null, port };
  return { kind: 'tcp', host: host === 'localhost' ? '127.0.0.1' : host, port };
}

/** Returns an address as people write it. */
export function describeListenAddress(address: ListenAddress): string {
  if (address.kind === 'unix') return address.path;
  const { host, port } = address;
  if (host === null) return `port ${String(port)}`;
  return `${isIPv6(host) ? `[${host}]` : host}:${String(port)}`;
}

/**
 * Opens a listening socket.
 * @param mode the mode of the file of a Unix socket
 * @throws SystemCallError
 */
export function openListeningSocket(libc: Libc, address: ListenAddress, mode: number): number {
  if (address.kind === 'unix') return openUnix(libc, address.path, mode);
  const { host, port } = address;
  if (host !== null) return isIPv6(host) ? openIpv6(libc, host, port) : openIpv4(libc, host, port);
  try {
    return openIpv6(libc, '::', port);
  } catch (error) {
    if (!(error instanceof SystemCallError) || !['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(error.code)) throw error;
    return openIpv4(libc, '0.0.0.0', port);
  }
}

/** Sets how many connections wait until the program accepts them, also on a socket that listens already. */
export function setBacklog(libc: Libc, fd: number, backlog: number): void {
  libc.check('listen', fd, backlog);
}

/** Removes the file of a Unix socket that is closed. */
export function removeSocketFile(address: ListenAddress): void {
  if (address.kind === 'unix' && isSocketFile(address.path)) rmSync(address.path, { force: true });
}

function openUnix(libc: Libc, path: string, mode: number): number {
  // A socket without a listener was left by a process that was killed.
  if (isSocketFile(path) && !hasListener(libc, path)) rmSync(path, { force: true });
  const previous = process.umask(0o777 & ~mode);
  try {
    const fd = bound(libc, AF_UNIX, unixAddress(path));
    chmodSync(path, mode);
    return fd;
  } finally {
    process.umask(previous);
  }
}

function isSocketFile(path: string): boolean {
  return linkStatsOf(path)?.isSocket() === true;
}

function hasListener(libc: Libc, path: string): boolean {
  const fd = libc.check('socket', AF_UNIX, SOCK_STREAM + SOCK_CLOEXEC, 0);
  const address = unixAddress(path);
  try {
    return libc.call('connect', fd, address, address.length) === 0;
  } finally {
    closeSync(fd);
  }
}

function openIpv4(libc: Libc, host: string, port: number): number {
  const address = Buffer.alloc(16);
  address.writeUInt16LE(AF_INET, 0);
  address.writeUInt16BE(port, 2);
  Buffer.from(host.split('.').map(Number)).copy(address, 4);
  return bound(libc, AF_INET, address);
}

function openIpv6(libc: Libc, host: string, port: number): number {
  const address = Buffer.alloc(28);
  address.writeUInt16LE(AF_INET6, 0);
  address.writeUInt16BE(port, 2);
  ipv6Bytes(host).copy(address, 8);
  return bound(libc, AF_INET6, address);
}

/** Returns the 16 bytes of an address. The URL parser writes it in its canonical form, without dotted numbers. */
function ipv6Bytes(host: string): Buffer {
  const canonical = new URL(`http://[${host}]/`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const groupsOf = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const groups = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(group, index * 2);
  return bytes;
}

function bound(libc: Libc, family: number, address: Buffer): number {
  const fd = libc.check('socket', family, SOCK_STREAM + SOCK_CLOEXEC, 0);
  try {
    const set = (level: number, name: number, value: number): number => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(value);
      return libc.check('setsockopt', fd, level, name, bytes, bytes.length);
    };
    if (family !== AF_UNIX) set(SOL_SOCKET, SO_REUSEADDR, 1);
    // The port of all interfaces serves IPv4 too, whatever the default of the machine is.
    if (family === AF_INET6) set(IPPROTO_IPV6, IPV6_V6ONLY, 0);
    libc.check('bind', fd, address, address.length);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  const high = libc.call('fcntl', fd, F_DUPFD_CLOEXEC, LOWEST_FD);
  if (high === -1) return fd;
  closeSync(fd);
  return high;
}
