/**
 * Variables that make the C library, its loader or its message catalogs load files; glibc ignores them in set-user-ID
 * programs (unsecvars.h). The tools that prepare a start run with the privileges of the engine, while these variables may
 * come from a file that the user of the program can write.
 */
const UNSAFE =
  /^(?:(?:LD|GLIBC|MALLOC|MUSL)_\w+|GCONV_PATH|GETCONF_DIR|HOSTALIASES|LANGUAGE|LOCALDOMAIN|LOCPATH|NIS_PATH|NLSPATH|RESOLV_HOST_CONF|RES_OPTIONS|TMPDIR|TZDIR)$/;
const HIDDEN_PREFIX = 'HEALER_LATER_';

/** An environment that is safe for privileged tools, with the command that restores it. */
export interface UnsafeVariables {
  /** NAME=value, with the unsafe variables under names that have no effect. */
  readonly env: readonly string[];
  /** A command that restores their names and executes its arguments; empty if there are no unsafe variables. */
  readonly restore: readonly string[];
}

/** Hides unsafe variables from the tools that prepare a start, and restores them for the program. */
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
