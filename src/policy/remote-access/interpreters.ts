import { GTFOBINS } from './gtfobins.ts';
import { COMMON, EVERYDAY, LAUNCHERS, LISTED, SERVICES } from './interpreter-names.ts';
import { wordsIn } from './word-list.ts';

const SYSTEM_FOLDER = /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]*$/;

const LAUNCHER_NAMES = new Set(wordsIn(LAUNCHERS));
const COMMON_NAMES = new Set(wordsIn(COMMON));
const EVERYDAY_NAMES = new Set(wordsIn(EVERYDAY));
const SERVICE_NAMES = new Set(wordsIn(SERVICES));
const NAMES = new Set([LISTED, GTFOBINS].flatMap(wordsIn).filter((name) => !SERVICE_NAMES.has(name)));

/** Returns whether an executable can execute any command, whatever its version or the case of its name. */
export function isInterpreter(path: string): boolean {
  return namesOf(path).some((name) => NAMES.has(name));
}

/** Returns whether an executable is a service that can load code, and must therefore be listed by its exact path. */
export function isLoadingService(path: string): boolean {
  return namesOf(path).some((name) => SERVICE_NAMES.has(name));
}

/** Returns whether its arguments name a program that it starts. */
export function isLauncher(path: string): boolean {
  return namesOf(path).some((name) => LAUNCHER_NAMES.has(name));
}

/** Returns whether it is `env`, which parses its arguments in its own way. */
export function isEnv(path: string): boolean {
  return namesOf(path).includes('env');
}

/** The prefix of cross compilers: `aarch64-linux-gnu-gcc`. */
const FOR_ANOTHER_MACHINE = /^\w+-(?:\w+-)?linux-(?:gnu|musl)\w*-/;

/** Returns the name of a file, also without version, variant and architecture: `python3.11`, `busybox.static`. */
function namesOf(path: string): readonly string[] {
  const name = (path.split('/').at(-1) ?? '').toLowerCase();
  const plain = name
    .replace(/^[._-]+/, '')
    .replace(/\.exe$/, '')
    .replace(FOR_ANOTHER_MACHINE, '');
  if (COMMON_NAMES.has(plain) && !SYSTEM_FOLDER.test(path)) return [];
  const unversioned = plain.replace(/[-_.]?\d[\d._-]*[a-z]*$/, '');
  const loader = /^ld(?:64)?[-.].*so/.test(plain) ? ['ld'] : [];
  return [name, plain, unversioned, ...loader, ...beginningsOf(plain)];
}

function beginningsOf(name: string): readonly string[] {
  const [beforeDot = ''] = name.split('.');
  const [beforeDash = ''] = name.split('-');
  const beginnings = [beforeDot, beforeDash, withoutDigits(beforeDot), withoutDigits(beforeDash)];
  return beginnings.filter((beginning) => !EVERYDAY_NAMES.has(beginning));
}

function withoutDigits(name: string): string {
  return name.replace(/[\d_-]+$/, '');
}
