import { cgroupBase, locateCgroup } from '../../base/cgroup-mount.ts';
import type { Machine } from './machine.ts';
import { ok, type Verdict, warning } from './finding.ts';

/** Since these, a process can be waited for without its pid being reused, and its exit code be read by others. */
const PIDFD = [5, 3];
const PIDFD_EXIT = [6, 15];

export function checkKernel({ platform, read }: Machine): Verdict {
  if (platform !== 'linux') {
    return warning(`${platform} runs with the portable sampler only`, 'run it on Linux for containment and /proc');
  }
  const release = read('/proc/sys/kernel/osrelease')?.trim() ?? '';
  const version = release.split(/[.-]/).map(Number);
  if (!isAtLeast(version, PIDFD)) return warning(`Linux ${release} has no pidfd_open`, 'use Linux 5.3 or newer');
  const exits = isAtLeast(version, PIDFD_EXIT)
    ? 'the kernel tells exit codes of adopted programs'
    : 'the collector tells';
  return ok(`Linux ${release}: ${exits}`);
}

function isAtLeast([major = 0, minor = 0]: readonly number[], [least = 0, leastMinor = 0]: readonly number[]): boolean {
  return major > least || (major === least && minor >= leastMinor);
}

/** A fork bomb is ended at once where the programs have a cgroup that we may write. */
export function checkCgroup({ platform, read, isWritable, uid }: Machine): Verdict {
  if (platform !== 'linux') return ok('not on this platform');
  const place = locateCgroup(read('/proc/self/mountinfo') ?? '', read('/proc/self/cgroup') ?? '');
  if (place === null) {
    return warning(
      'no cgroup v2 here: trees are ended process by process',
      'boot with systemd.unified_cgroup_hierarchy=1',
    );
  }
  const folder = cgroupBase(place, uid);
  if (!isWritable(folder)) {
    const fix = 'start healer by "healer startup systemd --write", whose unit says Delegate=yes';
    return warning(`the cgroup ${folder} is not delegated to this user`, fix);
  }
  const controllers = read(`${folder}/cgroup.controllers`)?.trim() ?? '';
  return ok(
    `${folder} is writable (${controllers === '' ? 'no controllers' : controllers}): trees are ended by one write`,
  );
}

export function checkProcVisibility({ platform, read, uid }: Machine): Verdict {
  if (platform !== 'linux') return ok('not on this platform');
  const options = /^\S+ \/proc proc (\S+)/m.exec(read('/proc/mounts') ?? '')?.[1] ?? '';
  const hidden = /hidepid=(\w+)/.exec(options)?.[1];
  if (hidden === undefined || hidden === '0' || hidden === 'off' || uid === 0) return ok('/proc shows all processes');
  const fix = 'mount /proc with hidepid=0, or add the user to the group of its gid= option';
  return warning(`/proc hides the processes of others (hidepid=${hidden})`, fix);
}

export function checkContainer({ platform, read, stat, env }: Machine): Verdict {
  if (platform !== 'linux') return ok('not on this platform');
  const isContainer =
    stat('/.dockerenv') !== null || stat('/run/.containerenv') !== null || env['container'] !== undefined;
  const init = read('/proc/1/comm')?.trim() ?? 'unknown';
  if (!isContainer) return ok(`no container; PID 1 is ${init}`);
  return ok(`a container; PID 1 is ${init}. "healer up --foreground" may be PID 1: it reaps orphans`);
}

/** A clock that is set later than the programs started makes times jump; cooldowns outlive that, logs read oddly. */
export function checkClock({ read, stat, platform }: Machine): Verdict {
  const isSane = Date.now() > Date.UTC(2024, 0);
  if (!isSane)
    return warning(`the clock says ${new Date().toISOString()}`, 'set it, e.g. by "timedatectl set-ntp true"');
  const usesTimesyncd = platform === 'linux' && stat('/run/systemd/timesync') !== null;
  if (usesTimesyncd && stat('/run/systemd/timesync/synchronized') === null) {
    return warning('the clock was not synchronised since boot', 'see "timedatectl timesync-status"');
  }
  const source = read('/sys/devices/system/clocksource/clocksource0/current_clocksource')?.trim() ?? 'unknown';
  return ok(`plausible (clock source ${source})`);
}
