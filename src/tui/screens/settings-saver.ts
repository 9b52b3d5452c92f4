import { toHealerError } from '../../protocol/errors.ts';
import { sanitizeText } from '../../base/sanitize-text.ts';
import type { Sort, State } from '../state/state.ts';

/** Saves settings by their names in the settings file; undefined removes one, so that its default applies. */
export type SaveSettings = (changes: Readonly<Record<string, unknown>>) => Promise<void>;

type SavedSettings = Readonly<Record<string, unknown>>;

/** Changes that follow each other within this time are saved together. */
const SAVE_AFTER_MS = 1000;

/** Saves what the user changes in the UI, and nothing else: what the file or an option sets stays as it is. */
export class SettingsSaver {
  readonly #save: SaveSettings | undefined;
  readonly #onProblem: (text: string) => void;
  #saved: SavedSettings;
  #state: State;
  #timer: NodeJS.Timeout | undefined;

  /** @param onProblem receives why settings cannot be saved */
  constructor(start: State, save: SaveSettings | undefined, onProblem: (text: string) => void) {
    this.#save = save;
    this.#onProblem = onProblem;
    this.#state = start;
    this.#saved = settingsOf(start);
  }

  /** Notes the state of the screen, and saves later what changed. */
  note(state: State): void {
    const previous = this.#state;
    this.#state = state;
    const { list, look, hasMouse, log, logPlace, newestFirst } = state;
    const isSame =
      list === previous.list &&
      look === previous.look &&
      hasMouse === previous.hasMouse &&
      logPlace === previous.logPlace &&
      newestFirst === previous.newestFirst &&
      log.muted === previous.log.muted;
    // While it is typed, a filter is not what the user wants to keep.
    if (isSame && this.#timer === undefined && state.overlay === previous.overlay) return;
    if (this.#timer !== undefined || state.overlay.kind === 'prompt' || !hasChanges(this.#changes())) return;
    this.#timer = setTimeout(() => void this.flush(), SAVE_AFTER_MS);
  }

  /** Saves what is not saved yet. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changes = this.#changes();
    if (!hasChanges(changes)) return;
    this.#saved = settingsOf(this.#state);
    try {
      await this.#save?.(changes);
    } catch (error) {
      this.#onProblem(`settings not saved: ${sanitizeText(toHealerError(error).message)}`);
    }
  }

  #changes(): SavedSettings {
    const now = settingsOf(this.#state);
    const names = Object.keys(now).filter((name) => JSON.stringify(now[name]) !== JSON.stringify(this.#saved[name]));
    return Object.fromEntries(names.map((name) => [name, now[name]]));
  }
}

function hasChanges(changes: SavedSettings): boolean {
  return Object.keys(changes).length > 0;
}

/** Returns the settings as the file takes them; undefined for a default. */
function settingsOf({ list, look, hasMouse, log, logPlace, newestFirst, isRemote }: State): SavedSettings {
  // Filters and muted programs belong to the programs of one engine.
  const ofEngine = isRemote
    ? {}
    : {
        filter: list.filter === '' ? undefined : list.filter,
        unhealthy: list.unhealthyOnly ? true : undefined,
        muted: log.muted.size === 0 ? undefined : [...log.muted],
      };
  return {
    ...ofEngine,
    mouse: hasMouse ? undefined : false,
    ascii: look.isAscii ? true : undefined,
    theme: look.theme === 'auto' ? undefined : look.theme,
    sort: list.sort === null ? undefined : sortText(list.sort),
    fold: list.folding === 'instances' ? undefined : list.folding,
    log: logPlace === 'auto' ? undefined : logPlace,
    newestFirst: newestFirst ? true : undefined,
    columns: list.columns ?? undefined,
    wide: list.isWide ? true : undefined,
  };
}

function sortText({ by, descending }: Sort): string {
  return descending ? `-${by}` : by;
}
