import { spawn } from 'node:child_process';
import type { Environment } from '../../base/environment.ts';

/** GNU screen passes on strings of limited length; the terminal joins the parts. */
const SCREEN_PART_CHARS = 240;

/** Returns the sequence that copies text to the clipboard of the terminal (xterm, "OSC 52"), which also works over SSH. */
export function copySequence(text: string, env: Environment): string {
  const sequence = `\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`;
  if (!isInScreen(env)) return sequence;
  const parts = sequence.match(new RegExp(`[^]{1,${String(SCREEN_PART_CHARS)}}`, 'g')) ?? [];
  return parts.map((part) => `\x1bP${part}\x1b\\`).join('');
}

function isInScreen(env: Environment): boolean {
  return env['TMUX'] === undefined && (env['STY'] !== undefined || (env['TERM'] ?? '').startsWith('screen'));
}

/**
 * Copies text to the buffer of tmux, which passes it on to its terminal. Resolves with whether it did; false outside tmux.
 */
export function copyToTmux(text: string, env: Environment): Promise<boolean> {
  if (env['TMUX'] === undefined || env['TMUX'] === '') return Promise.resolve(false);
  return new Promise((resolve) => {
    const tmux = spawn('tmux', ['load-buffer', '-w', '-'], { stdio: ['pipe', 'ignore', 'ignore'] });
    tmux.once('error', () => resolve(false)).once('exit', (code) => resolve(code === 0));
    tmux.stdin.on('error', () => undefined).end(text);
  });
}
