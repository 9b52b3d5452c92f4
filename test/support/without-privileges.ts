/** Any user without rights: that of `nobody` on most systems. */
const NOBODY = 65_534;

/**
 * Does the work as a user without privileges, since what is refused to others is not refused to root. For tests that run
 * in a process of their own: all of it changes its user meanwhile.
 */
export async function withoutPrivileges<T>(work: () => T | Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
