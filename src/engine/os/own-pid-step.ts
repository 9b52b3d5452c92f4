import type { Preparation } from './preparation.ts';

const SHELL = '/bin/sh';
const ENV = '/usr/bin/env';
/** Variables that a shell adds or changes. */
const OF_SHELL = ['PWD', 'OLDPWD', 'SHLVL', '_'];

/**
 * Returns steps that set variables to the pid of the program, which is only known in its process. What the shell adds is
 * removed again, or gets the value that the program is to have, like what a shell does not pass on.
 */
export function ownPidSteps(names: readonly string[], env: readonly string[]): Preparation['steps'] {
  if (names.length === 0) return [];
  const set = names.map((name) => `${name}=$$`).join(' ');
  const kept = env.filter((pair) => OF_SHELL.includes(nameOf(pair)) || !isShellName(nameOf(pair)));
  const removed = OF_SHELL.filter((name) => !kept.some((pair) => nameOf(pair) === name));
  return [
    [SHELL, '-c', `export ${set}; exec "$@"`, 'sh'],
    [ENV, ...removed.flatMap((name) => ['-u', name]), ...kept],
  ];
}

function nameOf(pair: string): string {
  return pair.slice(0, pair.indexOf('='));
}

/** Shells do not pass on variables with other names. */
function isShellName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}
