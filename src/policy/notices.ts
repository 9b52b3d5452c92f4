/** A statement of a program about itself, as in sd_notify(3). */
export type ProgramStatement =
  | { readonly kind: 'ready' }
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'reloading' }
  | { readonly kind: 'stopping' }
  /** It needs this much more time to start or to stop. */
  | { readonly kind: 'extend'; readonly ms: number }
  | { readonly kind: 'main'; readonly pid: number }
  /** `ping`: it works; `trigger`: it requests to be treated as failed; `period`: it changes its watchdog. */
  | { readonly kind: 'watchdog'; readonly sign: 'ping' | 'trigger' }
  | { readonly kind: 'watchdog'; readonly sign: 'period'; readonly ms: number };

/** The longest time by which a program can extend a timeout at once, or that it can set for its watchdog: a day. */
const LONGEST_MS = 86_400_000;
const HIGHEST_PID = 2 ** 22;

/** Returns the statements in a notification. Lines with other names, or with impossible values, are left out. */
export function statementsIn(text: string): readonly ProgramStatement[] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    return at < 1 ? [] : statementOf(line.slice(0, at), line.slice(at + 1));
  });
}

function statementOf(name: string, value: string): readonly ProgramStatement[] {
  switch (name) {
    case 'READY':
      return value === '1' ? [{ kind: 'ready' }] : [];
    case 'RELOADING':
      return value === '1' ? [{ kind: 'reloading' }] : [];
    case 'STOPPING':
      return value === '1' ? [{ kind: 'stopping' }] : [];
    case 'STATUS':
      return [{ kind: 'status', text: value }];
    case 'EXTEND_TIMEOUT_USEC':
      return wholeNumber(value, LONGEST_MS * 1000, (usec) => ({ kind: 'extend', ms: Math.ceil(usec / 1000) }));
    case 'MAINPID':
      return wholeNumber(value, HIGHEST_PID, (pid) => ({ kind: 'main', pid }));
    case 'WATCHDOG':
      if (value === '1') return [{ kind: 'watchdog', sign: 'ping' }];
      return value === 'trigger' ? [{ kind: 'watchdog', sign: 'trigger' }] : [];
    case 'WATCHDOG_USEC':
      return wholeNumber(value, LONGEST_MS * 1000, (usec) => ({
        kind: 'watchdog',
        sign: 'period',
        ms: Math.ceil(usec / 1000),
      }));
    default:
      return [];
  }
}

function wholeNumber(
  value: string,
  highest: number,
  statement: (number: number) => ProgramStatement,
): readonly ProgramStatement[] {
  const number = /^\d{1,15}$/.test(value) ? Number(value) : 0;
  return number > 0 && number <= highest ? [statement(number)] : [];
}
