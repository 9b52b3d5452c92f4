import type { ProcessSpecInput } from '../../protocol/process-spec.ts';
import { isHarmlessVariable } from './environment.ts';
import { ownCommands } from './own-commands.ts';
import { isLoopback } from '../../base/host-pattern.ts';

type HealthCheck = NonNullable<ProcessSpecInput['health']>['check'];

/** Returns why the other fields of a definition may not be set remotely; null if they may. */
export function surroundingsProblem(definition: ProcessSpecInput): string | null {
  const { user = null, group = null, envFile = [], cwd = null, adopt = 'off', env = {}, rlimits = {} } = definition;
  const { pidFile = null, envFileDialect = 'dotenv' } = definition;
  if (user !== null || group !== null) return '"user" and "group" cannot be set remotely';
  if (envFile.length > 0) return '"envFile" cannot be set remotely: it reads files on this machine';
  if (envFileDialect !== 'dotenv') return '"envFileDialect" cannot be set remotely: it applies to "envFile"';
  if (adopt !== 'off') return '"adopt" cannot be set remotely: it adopts processes that others started';
  if (pidFile !== null && !isPlainFolder(pidFile)) return '"pidFile" must be an absolute path without ".."';
  if (cwd !== null && !isPlainFolder(cwd)) return '"cwd" must be an absolute path without ".."';
  // A core file contains input of the caller and is written to a folder of the caller's choice, which cron may read.
  if (rlimits.core !== undefined) return 'the limit "core" cannot be set remotely: it causes files to be written';
  if (textsOf(definition).some((text) => text.includes('\0'))) return 'a NUL character hides the rest of a text';
  const variable = Object.keys(env).find((name) => !isHarmlessVariable(name));
  if (variable !== undefined) {
    return `the variable "${variable}" cannot be set remotely: it can make a program run other code`;
  }
  const check = definition.health?.check;
  if (check?.type === 'http' && check.ca !== undefined && check.ca !== null)
    return '"ca" cannot be set remotely: it reads a file on this machine';
  return socketProblem(definition) ?? checkProblem(check);
}

/** Returns why these sockets may not be set remotely: they create and remove files with the rights of the engine. */
export function socketProblem({ sockets = [] }: Pick<ProcessSpecInput, 'sockets'>): string | null {
  const unix = sockets.find(({ listen }) => String(listen).startsWith('/'));
  if (unix === undefined) return null;
  return `the socket "${String(unix.listen)}" cannot be set remotely: it creates a file on this machine`;
}

/** Returns the texts that are passed to the kernel unchanged. */
function textsOf({ command, args = [], env = {}, health, stop, hooks }: ProcessSpecInput): readonly string[] {
  const check = health?.check.type === 'exec' ? [health.check.command, ...(health.check.args ?? [])] : [];
  const own = [...ownCommands({ stop, hooks }).values()].flatMap((each) => [each.command, ...each.args]);
  return [command, ...args, ...Object.values(env), ...check, ...own].map(String);
}

/**
 * Returns why a health check may not be changed remotely in this way; null if it may. The headers of a check may be
 * secret, and they are sent to the address of the check.
 */
export function redirectionProblem(current: HealthCheck | undefined, changed: HealthCheck | undefined): string | null {
  if (current?.type !== 'http' || changed?.type !== 'http' || current.url === changed.url) return null;
  const given = changed.headers ?? {};
  const kept = Object.entries(current.headers ?? {}).find(([name, value]) => given[name] === value);
  if (kept === undefined) return null;
  return `the health check would send the header "${kept[0]}" to another address`;
}

function isPlainFolder(path: string): boolean {
  return path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\0');
}

/** The engine must not be usable to send requests into the network behind it. */
function checkProblem(check: HealthCheck | undefined): string | null {
  const host = hostOf(check);
  // An HTTP client decodes "%": 127.0.0.1%2eexample.com is not an address.
  if (host === null || host === 'localhost' || (isLoopback(host) && !host.includes('%'))) return null;
  return `a health check that is set remotely may only check this machine, not "${host}"`;
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
