import { currentFolder } from '../../base/current-folder.ts';
import { descriptors } from '../../base/descriptors.ts';
import { closeInheritedDescriptors } from './inherited-descriptors.ts';

/** Drops what the caller passed on (its open descriptors, and its folder if that no longer exists), and reserves its own. */
export function leaveCaller(): void {
  closeInheritedDescriptors();
  descriptors.reserve();
  // An engine needs no folder: programs without one of their own run in "/" then.
  if (currentFolder() === null) process.chdir('/');
}
