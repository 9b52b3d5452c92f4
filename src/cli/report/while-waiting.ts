import { sanitizeText } from '../../base/sanitize-text.ts';
import { listAll } from '../../client/attach/list-all.ts';
import type { EngineApi } from '../../protocol/methods/methods.ts';
import type { ProcessRow } from '../../protocol/snapshot.ts';
import type { Terminal } from '../output/terminal.ts';

/** How long a command waits before it names the remaining programs. Most programs exit within this time. */
const SLOW_MS = 5_000;
const NAMED_PROGRAMS = 5;
/** A terminal and a wrapper such as npm may both pass on one Ctrl-C. */
const SAME_KEY_MS = 300;
/** The exit code of shells for a program that was terminated by Ctrl-C. */
const INTERRUPTED = 130;

/** A command that waits for programs to exit. */
export interface Waiting {
  readonly terminal: Terminal;
  readonly api: EngineApi;
  /** Returns whether the command still waits for the exit of a program. */
  readonly isMeant: (id: string) => boolean;
  /** How to shorten the wait from another terminal, before `healer kill ID`. */
  readonly hint: string;
  /** Kills what is still running, for a second Ctrl-C; by default the programs that are being stopped. */
  readonly kill?: (rows: readonly ProcessRow[]) => Promise<unknown>;
}

const TWICE = 'press Ctrl-C twice to kill';
const AGAIN = 'press Ctrl-C again to kill';

/**
 * Resolves like the work of a command. After 5 s it says which programs it waits for and how to shorten that. The first
 * Ctrl-C says the same, the second one kills the programs, and the third one ends the command.
 */
export async function whileWaiting<T>(waiting: Waiting, work: Promise<T>): Promise<T> {
  let interrupts = 0;
  let interruptedAt = -Infinity;
  const timer = setTimeout(() => {
    const isWanted = !waiting.terminal.json && !waiting.terminal.quiet;
    if (interrupts === 0 && isWanted) void explain(waiting, TWICE).catch(() => undefined);
  }, SLOW_MS);
  const onInterrupt = (): void => {
    const isSame = performance.now() - interruptedAt < SAME_KEY_MS;
    interruptedAt = performance.now();
    if (isSame) return;
    interrupts += 1;
    if (interrupts > 2) process.exit(INTERRUPTED);
    void (interrupts === 1 ? explain(waiting, AGAIN) : kill(waiting)).catch(() => undefined);
  };
  process.on('SIGINT', onInterrupt);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', onInterrupt);
  }
}

async function explain(waiting: Waiting, key: string): Promise<void> {
  const { terminal, hint } = waiting;
  const rows = await rowsOf(waiting);
  if (rows.length === 0) terminal.note('still waiting for the engine to answer');
  else {
    const what = rows.length === 1 ? 'it' : 'them';
    terminal.note(`waiting for ${nameAll(rows)} to exit; ${key} ${what}, or run "${hint}" or "healer kill ID"`);
  }
}

async function kill(waiting: Waiting): Promise<void> {
  const { terminal, api } = waiting;
  const rows = await rowsOf(waiting);
  terminal.note(rows.length === 0 ? 'no program is running any more' : `killing ${nameAll(rows)}`);
  const killAll = waiting.kill ?? ((each) => Promise.allSettled(each.map(({ id }) => api.stop({ id, timeoutMs: 0 }))));
  await killAll(rows);
}

/** Programs that are being stopped come first: others may only wait for their turn. */
async function rowsOf({ api, isMeant }: Waiting): Promise<readonly ProcessRow[]> {
  const running = (await listAll(api)).filter(({ id, pid }) => pid !== null && isMeant(id));
  return running.toSorted((a, b) => Number(b.state === 'stopping') - Number(a.state === 'stopping'));
}

function nameAll(rows: readonly ProcessRow[]): string {
  const named = rows.slice(0, NAMED_PROGRAMS).map(({ id }) => `"${sanitizeText(id)}"`);
  return `${named.join(', ')}${rows.length > named.length ? ` and ${rows.length - named.length} more` : ''}`;
}
