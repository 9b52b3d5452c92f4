import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import { isHarmlessVariable } from './environment.ts';
import { isLoopback } from '../../base/host-pattern.ts';

/** Why the fields around a command may not be set by somebody elsewhere; null when they may. */
export function surroundingsProblem(definition: ProcessSpecInput): string | null {
  const { user = null, group = null, envFile = [], cwd = null, adopt = 'off', env = {} } = definition;
  if (user !== null || group !== null) return '"user" and "group" cannot be set remotely';
  if (envFile.length > 0) return '"envFile" cannot be set remotely: it reads files of this machine';
  if (adopt !== 'off') return '"adopt" cannot be set remotely: it takes over what others started';
  if (cwd !== null && !isPlainFolder(cwd)) return '"cwd" has to be an absolute path without ".."';
  const variable = Object.keys(env).find((name) => !isHarmlessVariable(name));
  if (variable !== undefined) {
    return `the variable "${variable}" cannot be set remotely: it can make a program run other code`;
  }
  return checkProblem(definition.health?.check);
}

function isPlainFolder(path: string): boolean {
  return path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\0');
}

/** The engine's own requests must not become a way into the network behind it. */
function checkProblem(check: NonNullable<ProcessSpecInput['health']>['check'] | undefined): string | null {
  const host = hostOf(check);
  if (host === null || host === 'localhost' || isLoopback(host)) return null;
  return `a health check that is set remotely asks this machine only, not "${host}"`;
}

function hostOf(check: NonNullable<ProcessSpecInput['health']>['check'] | undefined): string | null {
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
