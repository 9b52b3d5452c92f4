import { hostname, userInfo } from 'node:os';

/** Where a unit comes from, which its specifiers refer to. */
export interface UnitName {
  /** The name of the file, such as `worker@1.service`. */
  readonly full: string;
  /** The name without the extension and the instance. */
  readonly prefix: string;
  /** The part between `@` and the extension; empty for none. */
  readonly instance: string;
}

/** Parses the name of a unit. */
export function unitName(file: string): UnitName {
  const full = file.slice(file.lastIndexOf('/') + 1);
  const [, prefix = full, instance = ''] = /^([^@]*?)(?:@(.*?))?(?:\.[a-z]+)?$/.exec(full) ?? [];
  return { full, prefix, instance };
}

const SPECIFIER = /%(.)/g;

/** Replaces specifiers such as `%i`. Those of the machine become references to variables where they depend on the user. */
export function expandSpecifiers(
  text: string,
  { full, prefix, instance }: UnitName,
): { text: string; unknown: string | null } {
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    n: full,
    N: full.replace(/\.[a-z]+$/, ''),
    p: prefix,
    P: prefix,
    i: instance,
    I: instance.replaceAll('-', '/'),
    h: userHome(),
    H: hostname(),
    l: hostname().split('.')[0] ?? '',
    t: process.geteuid?.() === 0 ? '/run' : (process.env['XDG_RUNTIME_DIR'] ?? '/run'),
    T: '/tmp',
    V: '/var/tmp',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
  };
  let unknown: string | null = null;
  const expanded = text.replace(SPECIFIER, (whole, name: string) => {
    const value = values[name];
    // A template without an instance cannot be started; in other units, the instance is empty.
    const isTemplate = full.includes('@');
    if (value === undefined || (isTemplate && value === '' && (name === 'i' || name === 'I'))) unknown ??= whole;
    return value ?? whole;
  });
  return { text: expanded, unknown };
}

function userHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    // A uid without an entry in the user database.
    return process.env['HOME'] ?? '/';
  }
}
