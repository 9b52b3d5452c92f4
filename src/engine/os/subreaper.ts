import type { Libc } from '../../base/libc.ts';

/** From linux/prctl.h. */
const PR_SET_CHILD_SUBREAPER = 36;

/**
 * Has the kernel give us the orphans of our programs, instead of init: what a program leaves behind stays in sight,
 * and its zombies are reaped. Older kernels refuse; then they go to init as ever.
 */
export function becomeSubreaper(libc: Libc): void {
  libc.call('prctl', PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}
