import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { HealerError } from '../../protocol/errors.ts';
import type { Credentials } from './credentials.ts';
import { resolveBinary } from './resolve-binary.ts';

type Limit = number | 'unlimited';

/** The fields of a spec that ask for another execution environment than the engine's own. */
export interface PrivilegeFields {
  readonly umask: string | null;
  readonly nice: number | null;
  readonly rlimits: Readonly<Record<string, Limit | { readonly soft: Limit; readonly hard: Limit } | undefined>>;
}

/**
 * What is done to a process before it becomes the program. Each step is a tool with its arguments that changes the
 * process it runs in and then executes what follows: the pid, its start time and the pipes stay, and no moment
 * exists at which the program runs without what was asked for.
 */
export interface Preparation {
  readonly steps: readonly (readonly [file: string, ...args: string[]])[];
  readonly umask: number | null;
  /** Set when it is better than the engine's own: `nice` goes on when the kernel refuses that. */
  readonly niceToVerify: number | null;
}

/** Bits of CapEff, from linux/capability.h. */
const CAP_SETGID = 6;
const CAP_SETUID = 7;

/**
 * Null when the program runs just as the engine does, which costs nothing then.
 * @throws HealerError SPAWN_FAILED when the engine may not do it, or a tool is missing
 */
export function planPreparation(fields: PrivilegeFields, credentials: Credentials | null): Preparation | null {
  const own = getPriority();
  const nice = fields.nice === null || fields.nice === own ? null : fields.nice;
  // Limits first and the user last: raising a limit takes privileges that the user does not have.
  const steps = [...limitStep(fields.rlimits), ...niceStep(nice, own), ...userStep(credentials)];
  const umask = fields.umask === null ? null : parseInt(fields.umask, 8);
  if (steps.length === 0 && umask === null) return null;
  return { steps, umask, niceToVerify: nice !== null && nice < own ? nice : null };
}

function limitStep(rlimits: PrivilegeFields['rlimits']): Preparation['steps'] {
  const options = Object.entries(rlimits).flatMap(([name, limit]) => {
    if (limit === undefined) return [];
    const { soft, hard } = typeof limit === 'object' ? limit : { soft: limit, hard: limit };
    return [`--${name}=${String(soft)}:${String(hard)}`];
  });
  return options.length === 0 ? [] : [[findTool('prlimit', 'rlimits'), ...options, '--']];
}

/** The tool adds to the niceness it is started with. */
function niceStep(nice: number | null, own: number): Preparation['steps'] {
  return nice === null ? [] : [[findTool('nice', 'nice'), '-n', String(nice - own), '--']];
}

function userStep(credentials: Credentials | null): Preparation['steps'] {
  if (credentials === null || isOwn(credentials)) return [];
  const { uid, gid, entry } = credentials;
  if (!mayChangeUser()) {
    throw new HealerError(
      'SPAWN_FAILED',
      `cannot start as ${describe(credentials)}: EPERM, this engine is not privileged; run it as root, or as that user`,
      { errno: 'EPERM', uid, gid },
    );
  }
  const user = uid === null ? [] : [`--reuid=${String(uid)}`];
  return [
    [findTool('setpriv', 'user and group'), ...user, `--regid=${String(gid)}`, groupsOption(uid, entry), '--'],
    // setpriv still holds capabilities when it executes what follows, so a file forbidden to the user would run. This
    // one has lost them, and changes nothing.
    [findTool('nice', 'user and group'), '-n', '0', '--'],
  ];
}

/** A known user gets the groups that a login gives; a bare number none; a change of group alone keeps those it has. */
function groupsOption(uid: number | null, entry: Credentials['entry']): string {
  if (uid === null) return '--keep-groups';
  return entry === null ? '--clear-groups' : '--init-groups';
}

function isOwn({ uid, gid }: Credentials): boolean {
  return (uid === null || uid === process.geteuid?.()) && gid === process.getegid?.();
}

function describe({ uid, gid, entry }: Credentials): string {
  return uid === null ? `group ${String(gid)}` : `user ${entry?.name ?? String(uid)}`;
}

/** Root may lack these in a container, and others may have been given them. */
function mayChangeUser(): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
    const has = (bit: number): boolean => ((BigInt(`0x${effective}`) >> BigInt(bit)) & 1n) === 1n;
    return has(CAP_SETUID) && has(CAP_SETGID);
  } catch {
    return process.geteuid?.() === 0;
  }
}

/** From the system's own folders alone: with privileges nothing is run that PATH happens to name. */
const TOOL_FOLDERS = '/usr/bin:/bin:/usr/sbin:/sbin';

function findTool(name: string, field: string): string {
  try {
    return resolveBinary(name, '/', TOOL_FOLDERS);
  } catch (cause) {
    throw new HealerError(
      'SPAWN_FAILED',
      `cannot apply "${field}": the tool "${name}" is missing; install util-linux and coreutils`,
      { errno: 'ENOENT', path: name },
      { cause },
    );
  }
}
