import { closeSync, rmSync } from 'node:fs';
import type { Libc } from './libc.ts';

/** From bits/socket.h. */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_SEQPACKET = 5;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_PASSCRED = 16;
const SO_PEERCRED = 17;
const SO_RCVTIMEO = 20;
/** Clients of such a socket are few and are accepted at once. */
const BACKLOG = 16;
const UCRED_BYTES = 12;

/** Returns a sockaddr_un. A path that begins with `@` is the name of an abstract socket. */
export function unixAddress(path: string): Buffer {
  const name = path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`;
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return Buffer.concat([family, Buffer.from(name)]);
}

/**
 * Creates a datagram socket whose messages carry the credentials of their sender, and replaces the one at this path.
 * @throws SystemCallError
 */
export function bindDatagramSocket(libc: Libc, path: string): number {
  const fd = libc.check('socket', AF_UNIX, SOCK_DGRAM + SOCK_CLOEXEC + SOCK_NONBLOCK, 0);
  return bound(libc, fd, path, () => {
    libc.check('setsockopt', fd, SOL_SOCKET, SO_PASSCRED, int(1), 4);
  });
}

/** Creates a listening socket that keeps messages apart, and replaces the one at this path. @throws SystemCallError */
export function listenForMessages(libc: Libc, path: string): number {
  const fd = libc.check('socket', AF_UNIX, SOCK_SEQPACKET + SOCK_CLOEXEC + SOCK_NONBLOCK, 0);
  return bound(libc, fd, path, () => {
    libc.check('listen', fd, BACKLOG);
  });
}

function bound(libc: Libc, fd: number, path: string, prepare: () => void): number {
  try {
    if (!path.startsWith('@')) rmSync(path, { force: true });
    const address = unixAddress(path);
    libc.check('bind', fd, address, address.length);
    prepare();
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Connects to such a listening socket. A blocking receive waits at most `timeoutMs`. @throws SystemCallError */
export function connectForMessages(libc: Libc, path: string, timeoutMs: number): number {
  const fd = libc.check('socket', AF_UNIX, SOCK_SEQPACKET + SOCK_CLOEXEC, 0);
  try {
    const timeout = Buffer.alloc(16);
    timeout.writeBigInt64LE(BigInt(Math.floor(timeoutMs / 1000)), 0);
    timeout.writeBigInt64LE(BigInt(Math.round((timeoutMs % 1000) * 1000)), 8);
    libc.check('setsockopt', fd, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.length);
    const address = unixAddress(path);
    libc.check('connect', fd, address, address.length);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Accepts a connection. Returns null if there is none. */
export function acceptConnection(libc: Libc, fd: number): number | null {
  const accepted = libc.call('accept4', fd, null, null, SOCK_CLOEXEC + SOCK_NONBLOCK);
  return accepted === -1 ? null : accepted;
}

/** Returns the user of the process that opened the other end of a connection; null if it is unknown. */
export function peerUserOf(libc: Libc, fd: number): number | null {
  const value = Buffer.alloc(UCRED_BYTES);
  if (libc.call('getsockopt', fd, SOL_SOCKET, SO_PEERCRED, value, int(UCRED_BYTES)) !== 0) return null;
  return value.readUInt32LE(4);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
