import type { StartProgress } from '../../config/instance/start-progress.ts';
import type { Terminal } from '../output/terminal.ts';

/** How often a pipe or a file gets a line. */
const LINE_MS = 5_000;

/** Returns a function that shows how many programs an engine has started: on a terminal at once, otherwise now and then. */
export function showStartProgress(terminal: Pick<Terminal, 'isInteractive' | 'progress' | 'note'>) {
  let lastLineAt = performance.now();
  return ({ started, total }: StartProgress): void => {
    const sentence = `starting programs: ${started} of ${total}`;
    if (terminal.isInteractive) terminal.progress(sentence);
    else if (performance.now() - lastLineAt >= LINE_MS) {
      terminal.note(sentence);
      lastLineAt = performance.now();
    }
  };
}
