import type { ColorLevel } from '../base/color-support.ts';
import { sanitizeText } from '../base/sanitize-text.ts';
import { toHealerError } from '../protocol/errors.ts';
import type { Effect } from './commands/response.ts';
import { respond } from './commands/respond.ts';
import { type EngineLink, linkEngine } from './engine-link/engine-link.ts';
import { composeFrame } from './frame.ts';
import { chooseGlyphs } from './glyphs.ts';
import { isTooSmall } from './layout.ts';
import { TUI_LIMITS } from './limits.ts';
import type { Pens } from './lines/scene.ts';
import { initialState } from './store/initial-state.ts';
import { type Action, reduce } from './store/reduce.ts';
import { createStore, type Store } from './store/store.ts';
import { type Ending, watchForEnding } from './terminal/ending.ts';
import { createInkStage, type InkStage } from './terminal/ink-stage.ts';
import type { KeyPress } from './terminal/key-decoder.ts';
import { Screen, type Size } from './terminal/screen.ts';
import { createSuspension } from './terminal/suspend.ts';
import { createTheme } from './theme.ts';

export interface ScreenOptions {
  readonly socketPath: string;
  readonly instance: string;
  /** Look, but act on nothing: to leave it open in a corner. */
  readonly readOnly: boolean;
  readonly color: ColorLevel;
  readonly ascii: boolean;
  /** Starts the engine and resolves when it answers. */
  readonly startEngine: () => Promise<void>;
}

/** Joins terminal, store, engine and React for as long as the screen is open; the first thing that ends it ends all. */
export class RunningScreen {
  readonly #options: ScreenOptions;
  readonly #onEnded: (ending: Ending) => void;
  readonly #pens: Pens;
  readonly #screen: Screen;
  readonly #store: Store;
  readonly #stage: InkStage;
  readonly #suspension: ReturnType<typeof createSuspension>;
  #laidOut: readonly string[] | null = null;
  #link: EngineLink | null = null;
  #hasEnded = false;
  /** In the order in which they are undone, last first. */
  readonly #undo: (() => void)[] = [];

  constructor(options: ScreenOptions, onEnded: (ending: Ending) => void) {
    this.#options = options;
    this.#onEnded = onEnded;
    this.#pens = { theme: createTheme(options.color), glyphs: chooseGlyphs(options.ascii, process.env) };
    this.#screen = new Screen({
      frame: () => composeFrame(this.#store.state(), this.#pens, this.#laidOut),
      onKey: this.#onKey,
      onResize: this.#onResize,
      onGone: () => {
        this.#end({ kind: 'signal', signal: 'SIGHUP' });
      },
    });
    const { instance, readOnly } = options;
    this.#store = createStore(initialState({ instance, readOnly, size: this.#screen.size, nowMs: Date.now() }));
    this.#stage = createInkStage(this.#screen.size, this.#onLaidOut);
    this.#suspension = createSuspension(this.#screen);
  }

  open(): void {
    this.#undo.push(watchForEnding(this.#end), this.#suspension.dispose);
    this.#screen.enter();
    this.#undo.push(this.#store.subscribe(this.#screen.invalidate));
    this.#link = linkEngine(this.#options.socketPath, this.#store);
    this.#undo.push(this.#link.close);
    const clock = setInterval(() => {
      this.#dispatch({ kind: 'ticked', nowMs: Date.now() });
    }, TUI_LIMITS.tickMs);
    this.#undo.push(() => {
      clearInterval(clock);
    });
    this.#screen.invalidate();
    void this.#mount();
  }

  /** React and Ink are loaded while the first frame is on the screen already. */
  async #mount(): Promise<void> {
    try {
      const { mount } = await import('./components/mount.tsx');
      if (this.#hasEnded) return;
      const mounted = mount({ store: this.#store, pens: this.#pens }, this.#stage);
      this.#undo.push(mounted.unmount);
      await mounted.done;
    } catch (error) {
      this.#end({ kind: 'crash', error });
    }
  }

  readonly #end = (ending: Ending): void => {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#screen.close();
    for (const undo of this.#undo.toReversed()) undo();
    this.#onEnded(ending);
  };

  #dispatch(action: Action): void {
    this.#store.update((state) => reduce(state, action));
  }

  readonly #onLaidOut = (lines: readonly string[]): void => {
    this.#laidOut = lines;
    this.#screen.invalidate();
  };

  readonly #onResize = (size: Size): void => {
    this.#stage.resize(size);
    this.#dispatch({ kind: 'resized', size });
  };

  readonly #onKey = (key: KeyPress): void => {
    // Where nothing can be shown nothing can be asked: only the way out works.
    if (isTooSmall(this.#store.state()) && !['q', 'ctrl-c', 'ctrl-z'].includes(key.name)) return;
    const { state, effects } = respond(this.#store.state(), key);
    this.#store.update(() => state);
    for (const effect of effects) this.#perform(effect);
  };

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'operate':
        void this.#link?.operate(effect.operation, effect.ids);
        return;
      case 'startEngine':
        void this.#startEngine();
        return;
      case 'repaint':
        this.#screen.repaint();
        return;
      case 'suspend':
        this.#suspension.suspend();
        return;
      case 'interrupt':
        this.#end({ kind: 'signal', signal: 'SIGINT' });
        return;
      case 'quit':
        this.#end({ kind: 'quit' });
    }
  }

  async #startEngine(): Promise<void> {
    this.#dispatch({ kind: 'engineStarting' });
    try {
      await this.#options.startEngine();
      this.#link?.reconnect();
    } catch (error) {
      const reason = sanitizeText(toHealerError(error).message);
      this.#dispatch({ kind: 'engineNotStarted', reason, nowMs: Date.now() });
    }
  }
}
