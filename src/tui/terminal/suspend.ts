import type { TerminalScreen } from './screen.ts';

/** Without job control (in an orphaned process group) the stop is ignored; then the screen returns after this time. */
const NOT_STOPPED_MS = 200;

interface Suspension {
  /** Suspends the process as Ctrl-Z does, until `fg`. */
  readonly suspend: () => void;
  readonly dispose: () => void;
}

/** Handles job control: leaves the screen before the process is stopped, by a key or by a signal, and returns after. */
export function createSuspension(screen: TerminalScreen): Suspension {
  let comeBack: NodeJS.Timeout | undefined;

  const suspend = (): void => {
    screen.leave();
    process.off('SIGTSTP', suspend);
    comeBack = setTimeout(resume, NOT_STOPPED_MS);
    // Stop the whole foreground process group, as the terminal does, because the shell waits for all of it.
    process.kill(0, 'SIGTSTP');
  };
  const resume = (): void => {
    clearTimeout(comeBack);
    process.off('SIGTSTP', suspend).on('SIGTSTP', suspend);
    // A SIGSTOP cannot be handled, so the screen may not have been left yet.
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
