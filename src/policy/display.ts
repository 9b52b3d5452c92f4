import type { ProcessSpec } from '../protocol/process-spec.ts';
import { type ExitFacts, isSuccess } from './exit-facts.ts';

/** What is known about the display of a program that exited, or is about to be started. */
export interface DisplayView {
  /** The environment names a display. */
  readonly isNamed: boolean;
  /** That display accepts connections. One on another machine cannot be checked and counts as reachable. */
  readonly isReachable: boolean;
  /** What the program printed is in its log. The output of a process that healer did not start is not captured. */
  readonly hasOutput: boolean;
  /** What the program waits for if its display is missing, e.g. "no X or Wayland session of user anna". */
  readonly reason: string;
}

/** A program without a display that runs longer than this does not need one. */
const EARLY_MS = 10_000;

/** Signals of the processor about a fault in the code. What the program printed before does not explain them. */
const FAULTS: readonly string[] = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGSYS'];

/**
 * Returns whether a missing display may explain an exit: the program would be restarted, and may use a display. SIGKILL is
 * sent by people and by the kernel, never because of a display.
 */
export function mayLackDisplay({ session, restart }: ProcessSpec, exit: ExitFacts): boolean {
  if (session === 'none' || restart.policy === 'never' || exit.signal === 'SIGKILL') return false;
  return restart.policy === 'always' || !isSuccess(exit, restart.successExitCodes);
}

/** How to find out whether a program exited because its display is missing. */
export type DisplayVerdict =
  | 'missing'
  | 'not-missing'
  /** Its last lines decide. */
  | 'read-output'
  /** Its last lines decide, and then the display must become unreachable: a server disconnects its clients before it exits. */
  | 'read-output-and-wait'
  /** The display must become unreachable. */
  | 'wait';

/**
 * Decides from what can be checked at once. A display that the program names in vain explains the exit of a graphical
 * program only: other programs inherit the variable from the desktop session in which the engine was started.
 */
export function judgeDisplay(
  { session }: ProcessSpec,
  { uptimeMs, signal }: ExitFacts,
  { isNamed, isReachable, hasOutput }: DisplayView,
  isGraphical: () => boolean,
): DisplayVerdict {
  if (!isNamed && !hasOutput) return 'not-missing';
  if (isReachable && !(session === 'gui' || isGraphical())) return 'not-missing';
  if (isReachable) return hasOutput ? 'read-output-and-wait' : 'wait';
  if (session === 'gui' || (isNamed && isGraphical())) return 'missing';
  if (!hasOutput) return 'not-missing';
  // A restart waits until the output was read.
  const isWorthReading = (isNamed || uptimeMs < EARLY_MS) && !FAULTS.includes(signal ?? '');
  return isWorthReading ? 'read-output' : 'not-missing';
}

const NEGATION = /\b(?:can(?:not|'t)|could(?: not|n't)|unable|fail(?:ed|ure)?|error|no|not|missing|without)\b/i;
const DISPLAY_SERVER =
  /\b(?:open|connect(?:ion|ing)?|find|reach|access)\b.{0,40}\b(?:display|X ?server|X11|wayland|compositor)\b/i;
const DISPLAY_VARIABLE = /\bDISPLAY\b.{0,40}\b(?:set|unset|missing|specified|variable)\b|\bno \$?DISPLAY\b/;
const TOOLKIT =
  /no available video device|no Qt platform plugin could be initialized|missing X server or \$DISPLAY|no display name and no \$DISPLAY/i;
const LOST =
  /fatal (?:X )?IO error|lost connection to .{0,20}\b(?:display|X|wayland|compositor)|\b(?:X connection|X11 connection|X server|wayland|display)\b.{0,80}\b(?:broken?|lost|died|killed|shutdown|closed|broken pipe|reset by peer)\b/i;

/** Returns whether a program printed that it cannot reach a display, or that the connection to it was lost. */
export function mentionsMissingDisplay(lines: readonly string[]): boolean {
  return lines.some(
    (line) =>
      LOST.test(line) ||
      TOOLKIT.test(line) ||
      DISPLAY_VARIABLE.test(line) ||
      (NEGATION.test(line) && DISPLAY_SERVER.test(line)),
  );
}
