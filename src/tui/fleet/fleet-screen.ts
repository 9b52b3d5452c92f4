import type { ColorLevel } from '../../base/color-support.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { WatchedHost } from '../../fleet/contract/watched-host.ts';
import type { TabName } from '../state/state.ts';
import { chooseGlyphs } from '../style/glyphs.ts';
import type { Pens } from '../style/scene.ts';
import { type Background, createTheme } from '../style/theme.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import { SpokenScreen } from '../speech/spoken-screen.ts';
import { backgroundOfEnvironment, backgroundOfReply } from '../terminal/background.ts';
import { copyToTmux } from '../terminal/clipboard.ts';
import { type ExitCause, watchForExit } from '../terminal/exit-cause.ts';
import type { KeyPress } from '../terminal/key-decoder.ts';
import { Screen, type TerminalScreen } from '../terminal/screen.ts';
import { createSuspension } from '../terminal/suspend.ts';
import { fleetFrame } from './fleet-lines.ts';
import type { FleetModel } from './fleet-model.ts';
import type { FleetSession } from './fleet-session.ts';
import { FleetSpeech } from './fleet-speech.ts';
import { respondToFleetKey } from './respond-to-key.ts';

/** How the screen of hosts ends. */
export type FleetEnd =
  | ExitCause
  /** The user opened a host. */
  | { readonly kind: 'host'; readonly host: WatchedHost; readonly tab: TabName }
  /** The user wants to see the programs of this machine. */
  | { readonly kind: 'local' };

export interface FleetScreenOptions {
  readonly session: FleetSession;
  readonly color: ColorLevel;
  readonly ascii: boolean;
  readonly mouse: boolean;
  readonly screenReader: boolean;
}

/** Shows the hosts of a fleet until one is opened or the user leaves. */
export class FleetScreen {
  readonly #options: FleetScreenOptions;
  readonly #model: FleetModel;
  readonly #onEnd: (end: FleetEnd) => void;
  readonly #screen: TerminalScreen;
  readonly #speech = new FleetSpeech();
  readonly #undo: (() => void)[] = [];
  #pens: Pens;
  #hasEnded = false;

  constructor(options: FleetScreenOptions, onEnd: (end: FleetEnd) => void) {
    this.#options = options;
    this.#model = options.session.model;
    this.#onEnd = onEnd;
    this.#pens = this.#pensOn(backgroundOfEnvironment(process.env));
    this.#screen = this.#createScreen();
  }

  open(): void {
    const { session, mouse } = this.#options;
    const suspension = createSuspension(this.#screen);
    const clock = setInterval(() => {
      this.#model.tick();
      this.#screen.invalidate();
    }, TUI_LIMITS.tickMs);
    this.#undo.push(watchForExit(this.#end), suspension.dispose, () => clearInterval(clock));
    this.#undo.push(session.subscribe(() => this.#screen.invalidate()));
    this.#model.resize(this.#screen.size);
    this.#screen.enter();
    this.#screen.setMouse(mouse);
    this.#screen.repaint();
    this.#onKey = (key) => this.#take(key, suspension.suspend);
  }

  #onKey: (key: KeyPress) => void = () => undefined;

  #createScreen(): TerminalScreen {
    const onKey = (key: KeyPress): void => this.#onKey(key);
    const onGone = (): void => this.#end({ kind: 'signal', signal: 'SIGHUP' });
    if (this.#options.screenReader) {
      return new SpokenScreen({ sentences: () => this.#speech.sentencesFor(this.#model), onKey, onGone });
    }
    return new Screen({
      frame: () => fleetFrame(this.#model, this.#pens, Date.now()),
      isLive: () => false,
      isRead: () => false,
      onKey,
      onResize: (size) => this.#model.resize(size),
      onGone,
    });
  }

  #take(key: KeyPress, suspend: () => void): void {
    if (key.name === 'report') {
      const background = backgroundOfReply(key.text);
      if (background !== null) this.#pens = this.#pensOn(background);
    } else if (key.name === 'focus') this.#screen.repaint();
    else this.#perform(respondToFleetKey(this.#model, key), suspend);
    this.#screen.invalidate();
  }

  #perform(effect: ReturnType<typeof respondToFleetKey>, suspend: () => void): void {
    switch (effect.kind) {
      case 'none':
        return;
      case 'open':
        this.#end({ kind: 'host', host: effect.host, tab: effect.tab });
        return;
      case 'local':
        this.#end({ kind: 'local' });
        return;
      case 'copy':
        void this.#copy(effect.text);
        return;
      case 'repaint':
        this.#screen.repaint();
        return;
      case 'suspend':
        suspend();
        return;
      case 'quit':
        this.#end({ kind: 'quit' });
        return;
      case 'interrupt':
        this.#end({ kind: 'signal', signal: 'SIGINT' });
    }
  }

  async #copy(text: string): Promise<void> {
    const isTaken = await copyToTmux(text, process.env);
    if (!isTaken) this.#screen.copy(text);
    this.#model.message = { text: sanitizeText(`copied the selector "${text}"`), tone: 'info' };
    this.#screen.invalidate();
  }

  readonly #end = (end: FleetEnd): void => {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#screen.close();
    for (const undo of this.#undo.toReversed()) undo();
    this.#onEnd(end);
  };

  #pensOn(background: Background): Pens {
    const { color, ascii } = this.#options;
    return { theme: createTheme(color, background), glyphs: chooseGlyphs(ascii, process.env) };
  }
}
