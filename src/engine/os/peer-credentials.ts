import type { Socket } from 'node:net';
import { loadLibc } from '../../base/libc.ts';

/** The process at the other end of a Unix socket. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
}

/** Values of Linux, see socket(7) and unix(7). */
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** `struct ucred` has three 32-bit fields: pid, uid, gid. */
const UCRED_BYTES = 12;

/** Returns the process that opened the other end of a connected Unix socket, or null if that is unknown. */
export function peerCredentialsOf(socket: Socket): PeerCredentials | null {
  const fd = (socket as { readonly _handle?: { readonly fd?: number } | null })._handle?.fd ?? -1;
  const { libc } = loadLibc();
  if (libc === null || fd < 0) return null;
  const value = Buffer.alloc(UCRED_BYTES);
  const length = Buffer.alloc(4);
  length.writeInt32LE(UCRED_BYTES);
  if (libc.call('getsockopt', fd, SOL_SOCKET, SO_PEERCRED, value, length) !== 0) return null;
  return { pid: value.readInt32LE(0), uid: value.readUInt32LE(4) };
}
