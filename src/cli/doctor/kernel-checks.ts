import { cgroupBase, locateCgroup } from '../../base/cgroup-mount.ts';
import type { Machine } from './machine.ts';
import { ok, type Verdict, warning } from './diagnosis.ts';

/** The kernel versions from which healer can wait for any process by pidfd, and read the exit code of one that it adopted. */
const PIDFD = [5, 3];
const PIDFD_EXIT = [6, 15];

export function checkKernel({ platform, read }: Machine): Verdict {
  if (platform !== 'linux') {
    return warning(`${platform} supports only the portable sampler`, 'run healer on Linux for containment and /proc');
  }
  const release = read('/proc/sys/kernel/osrelease')?.trim() ?? '';
  const version = release.split(/[.-]/).map(Number);
  if (!isAtLeast(version, PIDFD)) return warning(`Linux ${release} has no pidfd_open`, 'use Linux 5.3 or newer');
  const exits = isAtLeast(version, PIDFD_EXIT)
    ? 'the kernel reports exit codes of adopted programs'
    : 'the log collector reports exit codes of adopted programs';
  return ok(`Linux ${release}: ${exits}`);
}

function isAtLeast([major = 0, minor = 0]: readonly number[], [least = 0, leastMinor = 0]: readonly number[]): boolean {
  return major > least || (major === least && minor >= leastMinor);
}

/** With a writable cgroup, a whole process tree, such as a fork bomb, is killed in one step. */
export function checkCgroup({ platform, read, isWritable, uid }: Machine): Verdict {
  if (platform !== 'linux') return ok('not applicable on this platform');
  const place = locateCgroup(read('/proc/self/mountinfo') ?? '', read('/proc/self/cgroup') ?? '');
  if (place === null) {
    return warning(
      'no cgroup v2: process trees are killed process by process',
      'boot with systemd.unified_cgroup_hierarchy=1',
    );
  }
  const folder = cgroupBase(place, uid);
  if (!isWritable(folder)) {
    const fix = 'start healer as a systemd unit ("healer startup systemd --write"), which sets Delegate=yes';
    return warning(`the cgroup ${folder} is not delegated to this user`, fix);
  }
  const controllers = read(`${folder}/cgroup.controllers`)?.trim() ?? '';
  return ok(
    `${folder} is writable (${controllers === '' ? 'no controllers' : controllers}): process trees are killed in one step`,
  );
}

export function checkProcVisibility({ platform, read, uid }: Machine): Verdict {
  if (platform !== 'linux') return ok('not applicable on this platform');
  const options = /^\S+ \/proc proc (\S+)/m.exec(read('/proc/mounts') ?? '')?.[1] ?? '';
  const hidden = /hidepid=(\w+)/.exec(options)?.[1];
  if (hidden === undefined || hidden === '0' || hidden === 'off' || uid === 0) return ok('/proc shows all processes');
  const fix = 'mount /proc with hidepid=0, or add the user to the group in its gid= option';
  return warning(`/proc hides the processes of other users (hidepid=${hidden})`, fix);
}

export function checkContainer({ platform, read, stat, env }: Machine): Verdict {
  if (platform !== 'linux') return ok('not applicable on this platform');
  const isContainer =
    stat('/.dockerenv') !== null || stat('/run/.containerenv') !== null || env['container'] !== undefined;
  const init = read('/proc/1/comm')?.trim() ?? 'unknown';
  if (!isContainer) return ok(`not in a container; PID 1 is ${init}`);
  return ok(`in a container; PID 1 is ${init}. "healer up --foreground" can run as PID 1: it reaps orphans`);
}

/** If the clock is set while programs are running, times in logs jump. Cooldowns are not affected. */
export function checkClock({ read, stat, platform }: Machine): Verdict {
  const isSane = Date.now() > Date.UTC(2024, 0);
  if (!isSane)
    return warning(`the clock is wrong: ${new Date().toISOString()}`, 'set it, e.g. with "timedatectl set-ntp true"');
  const usesTimesyncd = platform === 'linux' && stat('/run/systemd/timesync') !== null;
  if (usesTimesyncd && stat('/run/systemd/timesync/synchronized') === null) {
    return warning('the clock has not been synchronized since boot', 'run "timedatectl timesync-status" for details');
  }
  const source = read('/sys/devices/system/clocksource/clocksource0/current_clocksource')?.trim() ?? 'unknown';
  return ok(`plausible (clock source ${source})`);
}
