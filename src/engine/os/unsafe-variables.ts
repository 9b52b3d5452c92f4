/**
 * Variables by which the C library, its loader or its message catalogues are told to load files: what it ignores in
 * set-user-ID programs (unsecvars.h of glibc). The tools that prepare a start run with the engine's privileges, and
 * these may come from a file that the program's own user can write.
 */
const UNSAFE =
  /^(?:(?:LD|GLIBC|MALLOC|MUSL)_\w+|GCONV_PATH|GETCONF_DIR|HOSTALIASES|LANGUAGE|LOCALDOMAIN|LOCPATH|NIS_PATH|NLSPATH|RESOLV_HOST_CONF|RES_OPTIONS|TMPDIR|TZDIR)$/;
const HIDDEN_PREFIX = 'HEALER_LATER_';

export interface UnsafeVariables {
  /** NAME=value, the unsafe ones under names that mean nothing to anybody. */
  readonly env: readonly string[];
  /** A command that gives them their names back and executes what follows; empty when there are none. */
  readonly restore: readonly string[];
}

/** Hides what must not work on the tools before a program, and gives it back to the program itself. */
export function splitUnsafeVariables(env: readonly string[]): UnsafeVariables {
  const names = env.map((pair) => pair.slice(0, pair.indexOf('='))).filter((name) => UNSAFE.test(name));
  if (names.length === 0) return { env, restore: [] };
  const unsafe = new Set(names);
  const hidden = env.map((pair) => (unsafe.has(pair.slice(0, pair.indexOf('='))) ? `${HIDDEN_PREFIX}${pair}` : pair));
  const script = names.map((name) => restoring(name, `${HIDDEN_PREFIX}${name}`)).join('; ');
  return { env: hidden, restore: ['/bin/sh', '-c', `${script}; exec "$@"`, 'sh'] };
}

function restoring(name: string, hidden: string): string {
  return `${name}=$${hidden}; export ${name}; unset ${hidden}`;
}
