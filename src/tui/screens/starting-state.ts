import { currentFolder } from '../../base/current-folder.ts';
import { initialState } from '../state/initial-state.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import type { ListView, Look, Message, State } from '../state/state.ts';
import { plainMessage } from '../store/messages.ts';
import { chooseGlyphs } from '../style/glyphs.ts';
import type { Pens } from '../style/scene.ts';
import { type Background, createNamedTheme } from '../style/theme.ts';
import { backgroundOfEnvironment } from '../terminal/background.ts';
import type { Size } from '../terminal/screen.ts';
import type { ScreenOptions } from './screen-options.ts';

/** Returns the state that the screen opens with, with the settings of the user. */
export function startingState(
  {
    instance,
    readOnly,
    mouse,
    ascii,
    startEngine,
    fleet,
    tab = 'processes',
    read: { settings, problems },
  }: ScreenOptions,
  size: Size,
): State {
  const isRemote = startEngine === null;
  const nowMs = Date.now();
  const state = initialState({
    instance,
    readOnly,
    isRemote,
    fleet,
    directory: isRemote ? '/' : (currentFolder() ?? '/'),
    size,
    background: backgroundOfEnvironment(process.env),
    hasMouse: mouse && (settings.mouse ?? true),
    nowMs,
  });
  const { wide, filter, sort, fold, columns, unhealthy, muted, log: logPlace = 'auto', newestFirst = false } = settings;
  const list = {
    ...state.list,
    ...(wide === undefined ? {} : { isWide: wide }),
    ...(filter === undefined ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
    ...(fold === undefined ? {} : { folding: fold }),
    ...(columns === undefined ? {} : { columns }),
    ...(unhealthy === undefined ? {} : { unhealthyOnly: unhealthy }),
  };
  const message =
    problems.length > 0
      ? plainMessage(`settings: ${problems.join('; ')}`, 'bad', nowMs)
      : keptFilterMessage(list, nowMs);
  const look = { theme: settings.theme ?? 'auto', isAscii: ascii || settings.ascii === true };
  return {
    ...state,
    view: { kind: 'tab', tab },
    list,
    look,
    logPlace,
    newestFirst,
    log: { ...state.log, muted: new Set(muted) },
    message,
  };
}

/** Says that programs are hidden by what the user chose in an earlier session, and how to show them. */
function keptFilterMessage({ filter, unhealthyOnly }: ListView, nowMs: number): Message | null {
  const kept = [filter === '' ? '' : `/${filter}`, unhealthyOnly ? 'unhealthy only' : ''].filter((text) => text !== '');
  if (kept.length === 0) return null;
  return plainMessage(`filter from last time: ${kept.join(', ')}; press Esc to show all programs`, 'info', nowMs);
}

/**
 * Returns pens by background, because the terminal may report it only after the screen opened, and by look, because the
 * user may change it.
 */
export function createPens({
  color,
  read: { settings },
}: ScreenOptions): (state: Pick<State, 'background' | 'look' | 'hasWideSymbols'>) => Pens {
  const pensOf = memoizeLast((background: Background, { theme, isAscii }: Look, hasWideSymbols: boolean) => ({
    theme: createNamedTheme(theme, settings.colors ?? {}, color, background),
    glyphs: chooseGlyphs(isAscii || hasWideSymbols, process.env),
  }));
  return ({ background, look, hasWideSymbols }) => pensOf(background, look, hasWideSymbols);
}
