import { spawn } from 'node:child_process';
import type { TerminalScreen } from './screen.ts';

/**
 * Gives the terminal to the user's pager until it ends. The pager is run by a shell, since $PAGER may have options.
 * @throws Error when there is none.
 */
export async function runPager(screen: TerminalScreen, file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const pager = env['PAGER'] ?? '';
  // At the end, where the newest is; escape sequences of the program are shown, not obeyed.
  const command = pager.trim() === '' ? 'less +G' : pager;
  screen.leave();
  try {
    const code = await exitCodeOf(['/bin/sh', '-c', `${command} "$1"`, 'sh', file]);
    if (code === NOT_FOUND) throw new Error(`"${command}" is not installed; set PAGER to what shows files here`);
  } finally {
    screen.enter();
    screen.repaint();
  }
}

/** What a shell says of a command that it cannot find. */
const NOT_FOUND = 127;

function exitCodeOf([file = '', ...args]: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    spawn(file, args, { stdio: 'inherit' }).once('error', reject).once('exit', resolve);
  });
}
