import { type CommandName, type KeyContext, KEYMAP } from './key-bindings.ts';
import type { State, View } from '../state/state.ts';

function commandsByKey(): Map<string, CommandName> {
  return new Map(
    KEYMAP.flatMap(({ keys, command, in: contexts }) =>
      contexts.flatMap((context) => keys.map((key): [string, CommandName] => [`${context} ${key}`, command])),
    ),
  );
}

let commandOfKey = commandsByKey();

/** Commands with the keys that replace their own. */
export type KeyChanges = ReadonlyMap<CommandName, readonly string[]>;

/** Gives commands other keys, once, before the screen opens. Help and footer show them too. */
export function rebindKeys(changes: KeyChanges): void {
  for (const binding of KEYMAP) {
    const keys = changes.get(binding.command);
    if (keys !== undefined) Object.assign(binding, { keys });
  }
  commandOfKey = commandsByKey();
}

/** Returns the commands by context and key: another object once keys were changed. */
export function boundKeys(): ReadonlyMap<string, CommandName> {
  return commandOfKey;
}

/** Returns what has the keyboard focus. */
export function contextOf({ overlay, view, focus }: State): KeyContext {
  switch (overlay.kind) {
    case 'none':
      return focus === 'log' ? 'tail' : contextOfView(view);
    case 'prompt':
      return 'typing';
    case 'confirmClean':
      return 'confirm';
    case 'help':
      return overlay.field === undefined ? 'help' : 'typing';
    case 'signal':
      return overlay.signal === null ? 'signal' : 'confirm';
    case 'palette':
    case 'sort':
    case 'hold':
    case 'confirm':
    case 'form':
      return overlay.kind;
  }
}

/** Returns the context of a view, which help describes. */
export function contextOfView(view: View): KeyContext {
  if (view.kind === 'program') return view.logOf.length > 1 ? 'joint' : 'program';
  return view.tab === 'processes' || view.tab === 'cooldown' ? 'list' : view.tab;
}

const TEXT_CONTEXTS: ReadonlySet<KeyContext> = new Set(['typing', 'palette', 'form']);

/** Returns the command of a key; null if the key is not bound here. */
export function commandFor(
  context: KeyContext,
  key: { readonly name: string; readonly text: string },
): CommandName | null {
  const bound = commandOfKey.get(`${context} ${key.name}`);
  if (bound !== undefined) return bound;
  return TEXT_CONTEXTS.has(context) && key.text !== '' ? 'type' : null;
}

/** Returns the key of a command in a context as it is written in help; null if it has none. */
export function labelFor(context: KeyContext, command: CommandName): string | null {
  for (const [place, bound] of commandOfKey)
    if (bound === command && place.startsWith(`${context} `)) return keyLabel(place.slice(context.length + 1));
  return null;
}

const KEY_LABELS: Readonly<Record<string, string>> = {
  down: 'Down',
  up: 'Up',
  left: 'Left',
  right: 'Right',
  pagedown: 'PgDn',
  pageup: 'PgUp',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  space: 'Space',
  backspace: 'Backspace',
  delete: 'Del',
  'ctrl-up': 'Ctrl-Up',
  'ctrl-down': 'Ctrl-Down',
  wheeldown: 'Wheel down',
  wheelup: 'Wheel up',
};

/** Returns the keys of a command as they are written in help; digits in a row as a range. */
export function keyLabels(keys: readonly string[]): readonly string[] {
  const isRange = keys.length > 2 && keys.every((key, index) => key === String(Number(keys[0]) + index));
  return isRange ? [`${keys[0] ?? ''}-${keys.at(-1) ?? ''}`] : keys.map(keyLabel);
}

/** Returns a key as it is written in help. */
export function keyLabel(key: string): string {
  return KEY_LABELS[key] ?? key.replace('ctrl-', '^');
}
