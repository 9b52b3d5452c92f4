import { sanitizeText } from '../../base/sanitize-text.ts';
import { toHealerError } from '../../protocol/errors.ts';
import type { Effect } from '../commands/response.ts';
import { respond } from '../commands/respond.ts';
import { type EngineLink, linkEngine } from '../engine-link/engine-link.ts';
import { composeFrame } from '../lines/frame.ts';
import { isTooSmall } from '../layout/layout.ts';
import { paintOrder } from '../layout/paint-order.ts';
import { speechOf } from '../speech/speech.ts';
import { SpokenScreen } from '../speech/spoken-screen.ts';
import { type Action, reduce } from '../store/reduce.ts';
import type { State } from '../state/state.ts';
import { isAscii } from '../style/glyphs.ts';
import { createStore, type Store } from '../store/store.ts';
import { backgroundOfReply } from '../terminal/background.ts';
import { copyToTmux } from '../terminal/clipboard.ts';
import { type ExitCause, watchForExit } from '../terminal/exit-cause.ts';
import { createInkStage, type InkStage } from '../terminal/ink-stage.ts';
import type { KeyPress } from '../terminal/key-decoder.ts';
import { Pager } from '../terminal/pager.ts';
import { Screen, type Size, type TerminalScreen } from '../terminal/screen.ts';
import { createSuspension } from '../terminal/suspend.ts';
import { startScreenClock } from './screen-clock.ts';
import type { ScreenOptions } from './screen-options.ts';
import { SettingsSaver } from './settings-saver.ts';
import { createPens, startingState } from './starting-state.ts';

/** Connects terminal, store, engine and React while the screen is open. When one of them ends, it closes all. */
export class RunningScreen {
  readonly #options: ScreenOptions;
  readonly #onEnded: (cause: ExitCause) => void;
  readonly #pensOn: ReturnType<typeof createPens>;
  readonly #screen: TerminalScreen;
  readonly #store: Store;
  readonly #stage: InkStage;
  readonly #suspension: ReturnType<typeof createSuspension>;
  readonly #pager: Pager;
  #laidOut: readonly string[] | null = null;
  /** The state as it was last read out. */
  #spoken: State | null = null;
  #link: EngineLink | null = null;
  #hasEnded = false;
  #hasShown = false;
  #isMounting = false;
  /** Cleanup functions, called last first. */
  readonly #undo: (() => void)[] = [];
  readonly #saver: SettingsSaver;

  constructor(options: ScreenOptions, onEnded: (cause: ExitCause) => void) {
    this.#options = options;
    this.#onEnded = onEnded;
    this.#pensOn = createPens(options);
    this.#screen = this.#createScreen();
    const start = startingState(options, this.#screen.size);
    this.#store = createStore(start);
    this.#saver = new SettingsSaver(start, options.saveSettings, (text) => {
      this.#dispatch({ kind: 'reported', text, tone: 'bad', nowMs: Date.now() });
    });
    this.#stage = createInkStage(this.#screen.size, this.#onLaidOut);
    this.#suspension = createSuspension(this.#screen);
    this.#pager = new Pager(this.#screen);
  }

  #createScreen(): TerminalScreen {
    const onGone = (): void => {
      this.#end({ kind: 'signal', signal: 'SIGHUP' });
    };
    const onKey = this.#onKey;
    if (this.#options.screenReader) return new SpokenScreen({ sentences: this.#sentences, onKey, onGone });
    return new Screen({
      frame: () => composeFrame(this.#store.state(), this.#pensOn(this.#store.state()), this.#laidOut),
      order: () => paintOrder(this.#store.state()),
      isLive: () => isFollowed(this.#store.state()),
      isRead: () => isFollowed(this.#store.state()) && hasLogFocus(this.#store.state()),
      onKey,
      onResize: this.#onResize,
      hasSymbols: () => !isAscii(this.#pensOn({ ...this.#store.state(), hasWideSymbols: false }).glyphs),
      onSymbolWidth: (isWide) => {
        this.#dispatch({ kind: 'symbolsMeasured', isWide });
      },
      onGone,
    });
  }

  readonly #sentences = (): readonly string[] => {
    const state = this.#store.state();
    const previous = this.#spoken ?? startingState(this.#options, state.size);
    this.#spoken = state;
    return speechOf(previous, state, this.#pensOn({ ...state, background: null }));
  };

  /** Opens the screen and connects to the engine. */
  open(): void {
    this.#undo.push(watchForExit(this.#onExit), this.#suspension.dispose);
    this.#screen.enter();
    this.#undo.push(this.#store.subscribe(this.#onChange));
    const patience = setTimeout(this.#showAnyway, this.#options.screenReader ? 0 : EMPTY_SCREEN_MS);
    this.#undo.push(() => {
      clearTimeout(patience);
    });
    this.#link = linkEngine(this.#options.target, this.#store);
    this.#undo.push(this.#link.close);
    this.#undo.push(
      startScreenClock(this.#store, () => {
        this.#dispatch({ kind: 'ticked', nowMs: Date.now() });
      }),
    );
  }

  /**
   * Loads React and Ink, which blocks for a fifth of a second; the first frame is painted before. They are loaded even if
   * no part of the screen needs them yet: an upgrade may replace their files later.
   */
  async #mount(): Promise<void> {
    try {
      const { mount } = await import('./mount.tsx');
      if (this.#hasEnded) return;
      const mounted = mount({ store: this.#store, pensOn: this.#pensOn }, this.#stage);
      this.#undo.push(mounted.unmount);
      await mounted.done;
    } catch (error) {
      this.#end({ kind: 'crash', error });
    }
  }

  readonly #onExit = (cause: ExitCause): void => {
    if (isInterrupt(cause) && this.#pager.ownsInterrupt) return;
    this.#end(cause);
  };

  readonly #end = (cause: ExitCause): void => {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#screen.close();
    for (const undo of this.#undo.toReversed()) undo();
    void this.#saver.flush().then(() => {
      this.#onEnded(cause);
    });
  };

  #dispatch(action: Action): void {
    this.#store.update((state) => reduce(state, action));
  }

  readonly #onChange = (): void => {
    const state = this.#store.state();
    this.#screen.setMouse(state.hasMouse);
    this.#saver.note(state);
    this.#hasShown ||= hasSomethingToShow(state);
    if (!this.#hasShown) return;
    this.#screen.invalidate();
    if (this.#isMounting || this.#options.screenReader) return;
    this.#isMounting = true;
    this.#screen.repaint();
    void this.#mount();
  };

  readonly #showAnyway = (): void => {
    this.#hasShown = true;
    this.#onChange();
  };

  readonly #onLaidOut = (lines: readonly string[]): void => {
    this.#laidOut = lines;
    this.#screen.invalidate();
  };

  readonly #onResize = (size: Size): void => {
    this.#stage.resize(size);
    this.#dispatch({ kind: 'resized', size });
  };

  readonly #onKey = (key: KeyPress): void => {
    if (key.name === 'focus') {
      this.#screen.repaint();
      return;
    }
    if (key.name === 'report') {
      this.#dispatch({ kind: 'backgroundReported', background: backgroundOfReply(key.text) });
      return;
    }
    // On a terminal that is too small, only the keys to leave work.
    if (isTooSmall(this.#store.state()) && !['q', 'ctrl-c', 'ctrl-z'].includes(key.name)) return;
    const { state, effects } = respond(this.#store.state(), key);
    this.#store.update(() => state);
    for (const effect of effects) this.#perform(effect);
  };

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'operate':
        void this.#link?.operate(effect.operation, effect.ids, effect.params);
        return;
      case 'readDefinition':
        void this.#link?.readDefinition(effect.id);
        return;
      case 'submit':
        void this.#link?.submit(effect);
        return;
      case 'signal':
        void this.#link?.signal(effect.target, effect.signal);
        return;
      case 'readZombies':
        this.#link?.readZombies(effect.clean);
        return;
      case 'readAnomalies':
        this.#link?.readAnomalies();
        return;
      case 'copy':
        void this.#copy(effect.text);
        return;
      case 'page':
        void this.#page(effect.id);
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
      case 'showFleet':
      case 'quit':
        this.#end({ kind: effect.kind === 'quit' ? 'quit' : 'fleet' });
    }
  }

  /** The terminal does not report whether it took the text; tmux does. */
  async #copy(text: string): Promise<void> {
    const isTaken = await copyToTmux(text, process.env);
    if (!isTaken) this.#screen.copy(text);
    const where = isTaken ? 'copied to the tmux buffer' : "sent to the terminal's clipboard";
    const shown = text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS - 1)}...`;
    const tone = isTaken ? 'good' : 'info';
    this.#dispatch({ kind: 'reported', text: `${where}: "${shown}"`, tone, nowMs: Date.now() });
  }

  async #page(id: string): Promise<void> {
    try {
      const file = await this.#link?.logPathOf(id);
      if (file === undefined || this.#pager.isOpen) return;
      await this.#pager.show(file, process.env);
    } catch (error) {
      const text = sanitizeText(toHealerError(error).message);
      this.#dispatch({ kind: 'reported', text, tone: 'bad', nowMs: Date.now() });
    }
  }

  async #startEngine(): Promise<void> {
    this.#dispatch({ kind: 'engineStarting' });
    try {
      await this.#options.startEngine?.();
      this.#link?.reconnect();
    } catch (error) {
      const reason = sanitizeText(toHealerError(error).message);
      this.#dispatch({ kind: 'engineNotStarted', reason, nowMs: Date.now() });
    }
  }
}

/** How long the first frame waits for an engine, because one without programs would be replaced at once. */
const EMPTY_SCREEN_MS = 150;

/** How much of a copied text a message shows. */
const SHOWN_CHARS = 40;

/** Returns whether there is something to show. */
function hasSomethingToShow({ status, connection }: State): boolean {
  return status !== null || connection.kind === 'down';
}

/** Returns whether a log is shown whose newest lines are read as they come. */
function isFollowed({ log }: State): boolean {
  return log.isFollowing && log.ids.length > 0;
}

/** Returns whether keys act on a log, so that it is what the user reads. */
function hasLogFocus({ view, focus }: State): boolean {
  return view.kind === 'program' || focus === 'log';
}

function isInterrupt(cause: ExitCause): boolean {
  return cause.kind === 'signal' && cause.signal === 'SIGINT';
}
