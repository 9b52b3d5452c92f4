import { isAlive } from '../../base/process-liveness.ts';
import type { Machine } from './machine.ts';
import { ok, type Verdict, warning } from './diagnosis.ts';

/** Two pipes per program, log files and clients: enough for several hundred programs. */
const ENOUGH_FILES = 4096;
/** An engine that has more than this share of its files open soon has to let programs wait. */
const NEAR_LIMIT = 0.8;
const ENOUGH_PROCESSES = 1024;
const ENOUGH_WATCHES = 1024;

function softLimit({ read }: Machine, name: string, process = 'self'): number | null {
  const value = new RegExp(`^${name} +(\\S+)`, 'm').exec(read(`/proc/${process}/limits`) ?? '')?.[1];
  if (value === undefined) return null;
  return value === 'unlimited' ? Infinity : Number(value);
}

/** Returns how many files the running engine has open, and how many it may open. */
function engineFiles(machine: Machine): { readonly open: number; readonly limit: number } | null {
  const pid = /"pid":(\d+)/.exec(machine.read(machine.paths.lock) ?? '')?.[1];
  if (pid === undefined || !isAlive(Number(pid))) return null;
  const limit = softLimit(machine, 'Max open files', pid);
  const open = machine.entries(`/proc/${pid}/fd`);
  return limit === null || open === null ? null : { open, limit };
}

export function checkOpenFiles(machine: Machine): Verdict {
  const engine = engineFiles(machine);
  if (engine !== null) {
    const message = `the engine has ${engine.open} of ${engine.limit} files open`;
    if (engine.limit >= ENOUGH_FILES && engine.open < engine.limit * NEAR_LIMIT) return ok(message);
    return warning(
      message,
      `set LimitNOFILE=${ENOUGH_FILES * 16} in the unit, or run "ulimit -n", and restart the engine`,
    );
  }
  const limit = softLimit(machine, 'Max open files');
  if (limit === null) return ok('the limit is unknown on this platform');
  if (limit >= ENOUGH_FILES) return ok(`up to ${limit} open files`);
  return warning(
    `only ${limit} open files allowed`,
    `run "ulimit -n ${ENOUGH_FILES}", or set LimitNOFILE= in the unit`,
  );
}

export function checkProcessCount(machine: Machine): Verdict {
  const limit = softLimit(machine, 'Max processes');
  if (limit === null) return ok('the limit is unknown on this platform');
  if (limit >= ENOUGH_PROCESSES) return ok(limit === Infinity ? 'unlimited processes' : `up to ${limit} processes`);
  return warning(
    `only ${limit} processes allowed for this user`,
    `run "ulimit -u ${ENOUGH_PROCESSES}", or set LimitNPROC= in the unit`,
  );
}

export function checkInotify({ platform, read }: Machine): Verdict {
  if (platform !== 'linux') return ok('not applicable on this platform');
  const watches = Number(read('/proc/sys/fs/inotify/max_user_watches') ?? Infinity);
  const instances = Number(read('/proc/sys/fs/inotify/max_user_instances') ?? Infinity);
  if (watches >= ENOUGH_WATCHES && instances >= 16) return ok(`up to ${watches} watches, ${instances} instances`);
  const fix = `run "sysctl fs.inotify.max_user_watches=${ENOUGH_WATCHES * 8} fs.inotify.max_user_instances=128"`;
  return warning(`only ${watches} watches, ${instances} instances: file changes are detected with a delay`, fix);
}
