import { constants } from 'node:os';
import { loadLibc } from './libc.ts';

/** A user or group that the access list of a file allows to write to it. */
export interface ListedWriter {
  readonly kind: 'user' | 'group' | 'owning group';
  /** The uid or gid; 0 for the owning group, whose gid is that of the file. */
  readonly id: number;
}

const ATTRIBUTE = 'system.posix_acl_access';
/** The kernel's limit for an attribute. */
const MAX_BYTES = 64 * 1024;

/** The layout of the attribute: https://man7.org/linux/man-pages/man5/acl.5.html and linux/posix_acl_xattr.h. */
const HEADER_BYTES = 4;
const ENTRY_BYTES = 8;
const TAGS = { user: 0x02, owningGroup: 0x04, group: 0x08, mask: 0x10 } as const;
const WRITE = 0o2;

const NO_LIST: readonly number[] = [constants.errno.ENODATA, constants.errno.ENOTSUP, constants.errno.EOPNOTSUPP];

/**
 * Returns the users and groups that the access list (ACL) of a file or folder allows to write to it. Returns null if it
 * has no list, so that its mode says everything, and `unknown` if the list cannot be read.
 */
export function listedWriters(path: string): readonly ListedWriter[] | null | 'unknown' {
  const { libc } = loadLibc();
  if (libc === null) return isMarked(path) ? 'unknown' : null;
  const bytes = Buffer.alloc(MAX_BYTES);
  const length = libc.call('getxattr', path, ATTRIBUTE, bytes, MAX_BYTES);
  if (length === -1) return NO_LIST.includes(libc.errno()) ? null : 'unknown';
  return parseAccessList(bytes.subarray(0, length));
}

/** Returns whether `ls` marks a file that has an access list, which works without system calls. */
function isMarked(path: string): boolean {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { stdout } = spawnSync('ls', ['-ld', '--', path], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  });
  return !/^.{10}(?:[ .]|$)/.test(stdout);
}

/** Returns those who may write according to an access list, after its mask is applied. */
export function parseAccessList(bytes: Buffer): readonly ListedWriter[] {
  const count = Math.floor((bytes.length - HEADER_BYTES) / ENTRY_BYTES);
  const entries = Array.from({ length: Math.max(0, count) }, (_, index) => {
    const at = HEADER_BYTES + index * ENTRY_BYTES;
    return { tag: bytes.readUInt16LE(at), permissions: bytes.readUInt16LE(at + 2), id: bytes.readUInt32LE(at + 4) };
  });
  const mask = entries.find(({ tag }) => tag === TAGS.mask)?.permissions ?? WRITE;
  const writing = entries.filter(({ permissions }) => (permissions & mask & WRITE) !== 0);
  return writing.flatMap(({ tag, id }): ListedWriter[] => {
    if (tag === TAGS.user) return [{ kind: 'user', id }];
    if (tag === TAGS.group) return [{ kind: 'group', id }];
    return tag === TAGS.owningGroup ? [{ kind: 'owning group', id: 0 }] : [];
  });
}
