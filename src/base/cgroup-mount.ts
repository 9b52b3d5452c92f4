/** Where the cgroup v2 hierarchy is mounted, and where in it this process is. */
export interface CgroupPlace {
  readonly mountPoint: string;
  /** Below the mount point; "/" is its top. */
  readonly path: string;
}

/**
 * Finds the hierarchy in the texts of /proc/self/mountinfo and /proc/self/cgroup, whether it is the only one, beside
 * those of version 1 on a hybrid host, or a container's own. Null where there is none that may be written.
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
 * The folder below which new cgroups may be made: our own where it was delegated to us, as a service manager does.
 * The superuser who started us from a session has no such; there the top is the place that outlives the session.
 */
export function cgroupBase({ mountPoint, path }: CgroupPlace, uid: number): string {
  const isOfSession = uid === 0 && !path.endsWith('.service');
  return path === '/' || isOfSession ? mountPoint : `${mountPoint}${path}`;
}

/** The kernel writes spaces and the like in mount points as octal numbers. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}
