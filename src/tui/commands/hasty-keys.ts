import type { CommandName } from '../keys/key-bindings.ts';
import { keyLabel } from '../keys/keymap.ts';
import { plainMessage } from '../store/messages.ts';
import type { Overlay, State } from '../state/state.ts';
import { TEXT_EDITS } from '../state/text-field.ts';
import type { KeyPress } from '../terminal/key-decoder.ts';
import { become, type Effect, type Response } from './response.ts';

/** What a burst may do, because none of it changes anything outside the screen: type, move, and leave a text field. */
const HARMLESS: ReadonlySet<CommandName> = new Set<CommandName>([
  'type',
  ...(Object.keys(TEXT_EDITS) as CommandName[]),
  'acceptText',
  'cancelText',
  'completePalette',
  'runPalette',
  'nextField',
  'previousField',
  'down',
  'up',
  'interrupt',
]);
/** A burst may also begin with these, as when `/web` and Enter are sent by a script. */
const OPENS_FIELD: ReadonlySet<CommandName> = new Set<CommandName>(['filter', 'search', 'palette']);

/** Effects that change a program or the engine, or that end the screen. */
const ACTING: ReadonlySet<Effect['kind']> = new Set<Effect['kind']>([
  'operate',
  'submit',
  'signal',
  'readZombies',
  'startEngine',
  'quit',
]);

/** What text may not open either: a pager would take the rest of it for keys. */
const LEAVING: ReadonlySet<Effect['kind']> = new Set<Effect['kind']>(['page', 'suspend', 'showFleet']);
const QUESTIONS: ReadonlySet<Overlay['kind']> = new Set<Overlay['kind']>(['confirm', 'confirmClean', 'hold', 'signal']);

/** Returns the response to a key that arrived together with others, unless it is one that must be typed by itself. */
export function respondToHasty(state: State, key: KeyPress, command: CommandName, respond: () => Response): Response {
  if (key.haste === undefined) return respond();
  const isBurst = key.haste.kind === 'burst';
  if (isBurst && !HARMLESS.has(command) && !(key.haste.isFirst && OPENS_FIELD.has(command))) return ignored(state);
  const response = respond();
  const asks = response.state.overlay !== state.overlay && QUESTIONS.has(response.state.overlay.kind);
  const leaves = response.effects.some(({ kind }) => LEAVING.has(kind));
  const acts = response.effects.some(({ kind }) => ACTING.has(kind)) || (isBurst && (asks || leaves));
  if (!acts || (!isBurst && command === 'quit')) return response;
  return become({ ...state, message: plainMessage(againText(key), 'info', state.nowMs) });
}

/** Reports text that arrived faster than it can be typed. */
function ignored(state: State): Response {
  return become({ ...state, message: plainMessage(IGNORED, 'info', state.nowMs) });
}

const IGNORED = 'ignored text that was not typed here: it arrived faster than keys can be pressed';

function againText({ name }: KeyPress): string {
  return `several keys arrived at once: press ${keyLabel(name)} again if you mean it`;
}

/** Keys with Ctrl and function keys, which other programs have commands on. */
const CHORD = /^(?:ctrl-[a-z]|f\d+|delete|insert)$/;

/** Returns the message about a key that does nothing here; null if it should pass in silence. */
export function unknownKeyText({ name, text }: KeyPress): string | null {
  if (name === 'paste') return 'nothing to paste into: press / or : first';
  if (CHORD.test(name)) return `no key ${keyLabel(name)} here; press ? for the keys`;
  if (text === '' || name === 'space') return null;
  const isForeign = (text.codePointAt(0) ?? 0) > 0x7f;
  return `no key "${text}" here; press ? for the keys${isForeign ? ' (switch the keyboard layout?)' : ''}`;
}
