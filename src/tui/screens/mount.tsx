import { render } from 'ink';
import { type UiResources, UiContext } from '../components/ui-context.ts';
import type { InkStage } from '../terminal/ink-stage.ts';
import { App } from './App.tsx';

interface Mounted {
  /** Rejects with the error that a component threw. */
  readonly done: Promise<unknown>;
  readonly unmount: () => void;
}

/** Makes Ink lay out the screen. `debug` makes it write whole frames at once, even if `CI` is set. */
export function mount(resources: UiResources, stage: InkStage): Mounted {
  const instance = render(
    <UiContext value={resources}>
      <App />
    </UiContext>,
    { stdout: stage.stdout, stdin: stage.stdin, debug: true, patchConsole: false, exitOnCtrlC: false },
  );
  return {
    done: instance.waitUntilExit(),
    unmount: () => {
      instance.unmount();
    },
  };
}
