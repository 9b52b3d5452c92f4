/** A user without privileges: `nobody` on most systems. */
const NOBODY = 65_534;

/**
 * Runs the function as a user without privileges, because no permission check applies to root. Only for tests in a separate
 * process, since the user of the whole process changes meanwhile.
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
