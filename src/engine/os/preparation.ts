import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { HealerError } from '../../protocol/errors.ts';
import type { Credentials } from './credentials.ts';
import { resolveBinary } from './resolve-binary.ts';

type Limit = number | 'unlimited';

/** The fields of a spec that change the execution environment. */
export interface PrivilegeFields {
  readonly umask: string | null;
  readonly nice: number | null;
  readonly rlimits: Readonly<Record<string, Limit | { readonly soft: Limit; readonly hard: Limit } | undefined>>;
}

/**
 * What is done to a process before it executes the program. Each step is a tool that changes its own process and then
 * executes the following arguments: pid, start time and pipes stay the same, and the program never runs without its settings.
 */
export interface Preparation {
  readonly steps: readonly (readonly [file: string, ...args: string[]])[];
  readonly umask: number | null;
  /** Set if it is lower than that of the engine, because the tool `nice` continues even if the kernel refuses. */
  readonly niceToVerify: number | null;
}

/** Bits of CapEff, from linux/capability.h. */
const CAP_SETGID = 6;
const CAP_SETUID = 7;

/**
 * Returns the preparation of a program, or null if it runs in the same environment as the engine.
 * @throws HealerError SPAWN_FAILED if the engine lacks the privileges or a tool is missing
 */
export function planPreparation(fields: PrivilegeFields, credentials: Credentials | null): Preparation | null {
  const own = getPriority();
  const nice = fields.nice === null || fields.nice === own ? null : fields.nice;
  // Limits come first and the user last, because raising a limit requires the privileges of the engine.
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

/** The argument of the tool is relative to the niceness of the engine. */
function niceStep(nice: number | null, own: number): Preparation['steps'] {
  return nice === null ? [] : [[findTool('nice', 'nice'), '-n', String(nice - own), '--']];
}

function userStep(credentials: Credentials | null): Preparation['steps'] {
  if (credentials === null || isOwn(credentials)) return [];
  const { uid, gid, entry } = credentials;
  if (!mayChangeUser()) {
    throw new HealerError(
      'SPAWN_FAILED',
      `cannot start as ${describe(credentials)}: EPERM, the engine is not privileged; run it as root or as that user`,
      { errno: 'EPERM', uid, gid },
    );
  }
  const user = uid === null ? [] : [`--reuid=${String(uid)}`];
  return [
    [findTool('setpriv', 'user and group'), ...user, `--regid=${String(gid)}`, groupsOption(uid, entry), '--'],
    // setpriv still has capabilities when it executes the next program, so a file that the user may not execute would
    // run. This extra step has lost them and changes nothing.
    [findTool('nice', 'user and group'), '-n', '0', '--'],
  ];
}

/** A known user receives the groups of a login, a uid without an entry none. If only the group changes, groups are kept. */
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

/** Checks capabilities, because root may lack them in a container, and other users may have them. */
function mayChangeUser(): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
    const has = (bit: number): boolean => ((BigInt(`0x${effective}`) >> BigInt(bit)) & 1n) === 1n;
    return has(CAP_SETUID) && has(CAP_SETGID);
  } catch {
    return process.geteuid?.() === 0;
  }
}

/** Tools run with privileges, so PATH is not searched. */
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
