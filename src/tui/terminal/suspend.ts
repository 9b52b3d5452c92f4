import type { TerminalScreen } from './screen.ts';

/** Where job control is off (an orphaned process group) the stop is ignored; the screen is back after this. */
const NOT_STOPPED_MS = 200;

interface Suspension {
  /** Gives the terminal to the shell, as Ctrl-Z does, until `fg`. */
  readonly suspend: () => void;
  readonly dispose: () => void;
}

/** Job control: leaves the screen before the process is stopped, by key or from outside, and comes back after. */
export function createSuspension(screen: TerminalScreen): Suspension {
  let comeBack: NodeJS.Timeout | undefined;

  const suspend = (): void => {
    screen.leave();
    process.off('SIGTSTP', suspend);
    comeBack = setTimeout(resume, NOT_STOPPED_MS);
    // The whole foreground group, as the terminal would: a shell waits for all of it.
    process.kill(0, 'SIGTSTP');
  };
  const resume = (): void => {
    clearTimeout(comeBack);
    process.off('SIGTSTP', suspend).on('SIGTSTP', suspend);
    // Leaving first also puts right what a SIGSTOP, which no one can see coming, left behind.
    screen.leave();
    screen.enter();
    screen.repaint();
  };

  process.on('SIGTSTP', suspend);
  process.on('SIGCONT', resume);
  return {
    suspend,
    dispose: () => {
      clearTimeout(comeBack);
      process.off('SIGTSTP', suspend).off('SIGCONT', resume);
    },
  };
}
