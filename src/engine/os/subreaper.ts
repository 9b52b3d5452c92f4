import type { Libc } from '../../base/libc.ts';

/** From linux/prctl.h. */
const PR_SET_CHILD_SUBREAPER = 36;

/**
 * Makes the engine the parent of orphaned descendants instead of init, so that leftover processes are found and zombies are
 * reaped. On kernels without this feature they are re-parented to init.
 */
export function becomeSubreaper(libc: Libc): void {
  libc.call('prctl', PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}
