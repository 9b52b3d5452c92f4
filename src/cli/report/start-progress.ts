import type { StartProgress } from '../../config/instance/start-progress.ts';
import type { Terminal } from '../output/terminal.ts';

/** Returns a function that shows how many programs an engine has started. */
export function showStartProgress(terminal: Pick<Terminal, 'progress'>) {
  return ({ started, total }: StartProgress): void => {
    terminal.progress(`starting programs: ${started} of ${total}`);
  };
}
