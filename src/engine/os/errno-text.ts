import { getSystemErrorMap } from 'node:util';

/** Errors of starting a program that Node's own texts do not describe, or describe in terms of the kernel. */
const TEXTS: Readonly<Record<string, string>> = {
  E2BIG: 'the arguments and environment are too long',
  EAGAIN: 'the limit on processes is reached (ulimit -u)',
  EDQUOT: 'the disk quota of this user is used up',
  EIO: 'the disk reported an error',
  EISDIR: 'it is a folder',
  ELIBBAD: 'a shared library that it needs is damaged',
  ELOOP: 'too many symbolic links, or the interpreter of a script is itself a script, several times over',
  EMFILE: 'the limit on open files is reached (ulimit -n)',
  ENAMETOOLONG: 'its path is too long',
  ENFILE: 'the limit on open files of the whole system is reached (fs.file-max)',
  ENOMEM: 'not enough memory',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'not permitted for this user',
  EROFS: 'the file system is read-only',
  ETXTBSY: 'the file is being written',
};

const NODE_TEXTS = new Map(getSystemErrorMap().values());

/** Returns an errno in words: "the arguments and environment are too long". */
export function describeErrno(errno: string): string {
  const text = NODE_TEXTS.get(errno);
  return TEXTS[errno] ?? (text === undefined ? errno : `${text} (${errno})`);
}
