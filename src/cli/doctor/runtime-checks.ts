import type { Machine } from './machine.ts';
import { error, ok, type Verdict, warning } from './diagnosis.ts';

const LEAST_NODE = [20, 19] as const;

export function checkNode({ nodeVersion }: Machine): Verdict {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const isRecent = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (isRecent) return ok(`Node ${nodeVersion}`);
  return error(`Node ${nodeVersion} is too old`, `install Node ${LEAST_NODE.join('.')} or newer`);
}

export function checkNativeLibrary({ nativeProblem, platform }: Machine): Verdict {
  if (nativeProblem === null) return ok('system calls are available');
  const lost =
    'programs start more slowly, orphans are not reaped, systemd is not notified, and log lines in transit may be lost when the engine is killed';
  const fix = platform === 'linux' ? 'reinstall healer with its optional packages (koffi)' : 'run healer on Linux';
  return warning(`no system calls (${nativeProblem}): ${lost}`, fix);
}

export function checkTerminal({ env, isTty }: Machine): Verdict {
  if (!isTty) return ok('stdout is not a terminal');
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  if (env['TERM'] === undefined || env['TERM'] === 'dumb') {
    return warning(`the terminal type is "${env['TERM'] ?? ''}"`, 'set TERM, e.g. to xterm-256color');
  }
  if (locale !== undefined && !/utf-?8/i.test(locale)) {
    return warning(
      `the locale "${locale}" is not UTF-8: graphs are drawn in ASCII`,
      'set LANG to a UTF-8 locale such as C.UTF-8',
    );
  }
  const depth = env['NO_COLOR'] === undefined || env['NO_COLOR'] === '' ? 'with colors' : 'without colors (NO_COLOR)';
  return ok(`${env['TERM']}, ${locale ?? 'locale not set'}, ${depth}`);
}
