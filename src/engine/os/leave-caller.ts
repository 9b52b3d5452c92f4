import { currentFolder } from '../../base/current-folder.ts';
import { descriptors } from '../../base/descriptors.ts';
import type { Libc } from '../../base/libc.ts';
import { closeInheritedDescriptors } from './inherited-descriptors.ts';
import { raiseOwnLimits } from './own-limits.ts';
import { type OwnTerminal, outliveTerminal } from './own-terminal.ts';

/** Drops what the caller passed on (its open descriptors, and its folder if that no longer exists), and reserves its own. */
export function leaveCaller(): void {
  closeInheritedDescriptors();
  descriptors.reserve();
  // An engine needs no folder: programs without one of their own run in "/" then.
  if (currentFolder() === null) process.chdir('/');
}

interface Outlived {
  /** What of the limits of the caller cannot be raised, one sentence each. */
  readonly limits: readonly string[];
  readonly terminal: OwnTerminal;
}

/** Prepares for the end of the caller: neither its terminal nor its limits may end the engine. */
export function outliveCaller(libc: Libc | null): Outlived {
  return { limits: raiseOwnLimits(libc), terminal: outliveTerminal(libc) };
}
