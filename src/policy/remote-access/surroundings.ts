import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import { isHarmlessVariable } from './environment.ts';
import { isLoopback } from '../../base/host-pattern.ts';

type HealthCheck = NonNullable<ProcessSpecInput['health']>['check'];

/** Why the fields around a command may not be set by somebody elsewhere; null when they may. */
export function surroundingsProblem(definition: ProcessSpecInput): string | null {
  const { user = null, group = null, envFile = [], cwd = null, adopt = 'off', env = {}, rlimits = {} } = definition;
  if (user !== null || group !== null) return '"user" and "group" cannot be set remotely';
  if (envFile.length > 0) return '"envFile" cannot be set remotely: it reads files of this machine';
  if (adopt !== 'off') return '"adopt" cannot be set remotely: it takes over what others started';
  if (cwd !== null && !isPlainFolder(cwd)) return '"cwd" has to be an absolute path without ".."';
  // A core file holds what the caller passed in, and lands in a folder of the caller's choice: cron reads some.
  if (rlimits.core !== undefined) return 'the limit "core" cannot be set remotely: it lets files be written';
  if (textsOf(definition).some((text) => text.includes('\0'))) return 'a NUL ends a text before it was all judged';
  const variable = Object.keys(env).find((name) => !isHarmlessVariable(name));
  if (variable !== undefined) {
    return `the variable "${variable}" cannot be set remotely: it can make a program run other code`;
  }
  return checkProblem(definition.health?.check);
}

/** What the kernel is given as it stands. */
function textsOf({ command, args = [], env = {}, health }: ProcessSpecInput): readonly string[] {
  const check = health?.check.type === 'exec' ? [health.check.command, ...(health.check.args ?? [])] : [];
  return [command, ...args, ...Object.values(env), ...check].map(String);
}

/**
 * Why a change of a health check may not be made by somebody elsewhere; null when it may. The headers of a check are a
 * secret of whoever wrote them, and go wherever the check asks.
 */
export function redirectionProblem(current: HealthCheck | undefined, changed: HealthCheck | undefined): string | null {
  if (current?.type !== 'http' || changed?.type !== 'http' || current.url === changed.url) return null;
  const given = changed.headers ?? {};
  const kept = Object.entries(current.headers ?? {}).find(([name, value]) => given[name] === value);
  if (kept === undefined) return null;
  return `the health check carries the header "${kept[0]}", which was meant for another address`;
}

function isPlainFolder(path: string): boolean {
  return path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\0');
}

/** The engine's own requests must not become a way into the network behind it. */
function checkProblem(check: HealthCheck | undefined): string | null {
  const host = hostOf(check);
  // What is written with "%" is decoded by whoever asks: 127.0.0.1%2eexample.com is no address.
  if (host === null || host === 'localhost' || (isLoopback(host) && !host.includes('%'))) return null;
  return `a health check that is set remotely asks this machine only, not "${host}"`;
}

function hostOf(check: HealthCheck | undefined): string | null {
  switch (check?.type) {
    case 'http':
      return (
        /^https?:\/\/(?:[^/?#\\]*@)?(?:\[([^\]]*)\]|([^/?#:@\\]*))(?=[:/?#]|$)/i
          .exec(check.url)
          ?.slice(1)
          .find(Boolean) ?? ''
      );
    case 'tcp':
      return check.host ?? null;
    case 'exec':
    case undefined:
      return null;
  }
}
