import { render } from 'ink';
import { type Session, SessionContext } from '../components/use-session.ts';
import type { InkStage } from '../terminal/ink-stage.ts';
import { App } from './App.tsx';

interface Mounted {
  /** Rejects with what a component threw. */
  readonly done: Promise<unknown>;
  readonly unmount: () => void;
}

/** Lets Ink lay the screen out. `debug` makes it hand over whole frames at once, also where `CI` is set. */
export function mount(session: Session, stage: InkStage): Mounted {
  const instance = render(
    <SessionContext value={session}>
      <App />
    </SessionContext>,
    { stdout: stage.stdout, stdin: stage.stdin, debug: true, patchConsole: false, exitOnCtrlC: false },
  );
  return {
    done: instance.waitUntilExit(),
    unmount: () => {
      instance.unmount();
    },
  };
}
