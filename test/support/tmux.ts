import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shell, ShellSize, TerminalModes } from './shell.ts';

export function isTmuxInstalled(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A shell in tmux, with its own server. */
export class Tmux implements Shell {
  readonly #folder = mkdtempSync(join(tmpdir(), 'healer-tmux-'));

  constructor({ columns, rows }: ShellSize, command: readonly string[]) {
    const size = ['-x', String(columns), '-y', String(rows)];
    this.#run('-f', '/dev/null', 'new-session', '-d', ...size, ...command);
  }

  type(line: string): void {
    this.#run('send-keys', '-l', line);
    this.#run('send-keys', 'Enter');
  }

  press(...keys: readonly string[]): void {
    this.#run('send-keys', ...keys);
  }

  screen(): string {
    return this.#run('capture-pane', '-p');
  }

  modes(): TerminalModes {
    const flags = this.#run('display', '-p', '#{alternate_on} #{cursor_flag}').trim();
    return { alternate: flags.startsWith('1'), cursor: flags.endsWith('1') };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#run('kill-server');
    rmSync(this.#folder, { recursive: true, force: true });
    return Promise.resolve();
  }

  #run(...args: readonly string[]): string {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    return execFileSync('tmux', ['-S', join(this.#folder, 'socket'), ...args], { encoding: 'utf8', stdio: [...stdio] });
  }
}
