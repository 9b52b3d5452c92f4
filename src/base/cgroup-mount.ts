/** Where the cgroup v2 hierarchy is mounted, and the cgroup of this process in it. */
export interface CgroupPlace {
  readonly mountPoint: string;
  /** Relative to the mount point; "/" is the root cgroup. */
  readonly path: string;
}

/**
 * Finds the cgroup v2 hierarchy in the contents of /proc/self/mountinfo and /proc/self/cgroup: on a unified host, on a
 * hybrid host with version 1 hierarchies, or in a container. Returns null if no writable hierarchy is mounted.
 */
export function locateCgroup(mountInfo: string, ownCgroup: string): CgroupPlace | null {
  const own = /^0::(.*)$/m.exec(ownCgroup)?.[1];
  const mount = mountInfo.split('\n').find((line) => line.includes(' - cgroup2 '));
  if (own === undefined || mount === undefined) return null;
  // id, parent, device, root within the hierarchy, mount point, options
  const [, , , root = '/', mountPoint = '', options = ''] = mount.split(' ').map(unescape);
  if (options.split(',').includes('ro')) return null;
  const isBelow = root !== '/' && (own === root || own.startsWith(`${root}/`));
  return { mountPoint, path: (isBelow ? own.slice(root.length) : own) || '/' };
}

/**
 * Returns the folder in which to create cgroups: the cgroup of this process, which a service manager delegates to it.
 * For root in a login session it is the root cgroup, since the cgroup of the session does not outlive the session.
 */
export function cgroupBase({ mountPoint, path }: CgroupPlace, uid: number): string {
  const isOfSession = uid === 0 && !path.endsWith('.service');
  return path === '/' || isOfSession ? mountPoint : `${mountPoint}${path}`;
}

/** Decodes the octal escapes that the kernel uses for spaces and similar characters in mount points. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
