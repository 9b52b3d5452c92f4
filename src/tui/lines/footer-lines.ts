import { type CommandName, type KeyContext, KEYMAP } from '../keys/key-bindings.ts';
import { contextOf, keyLabels } from '../keys/keymap.ts';
import type { State } from '../state/state.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { fitInOrder } from '../text/fit-in-order.ts';
import { line } from '../text/line.ts';

interface Hint {
  readonly key: string;
  readonly label: string;
  readonly priority: number;
}

/** Draws the most useful keys. */
export function footerLines(state: State, scene: Scene): readonly string[] {
  return [line(scene, footerSpans(contextOf(state), scene.columns, urgentCommand(state)))];
}

/** Returns the most useful keys of a context, as many as fit. */
export function footerSpans(context: KeyContext, columns: number, urgent: CommandName | null): readonly Span[] {
  const fitted = fitInOrder(hintsOf(context, urgent), columns, ({ key, label }) => key.length + label.length + 3);
  return Array.from(fitted.keys()).flatMap(({ key, label }) => [span(' '), span(key, 'strong'), span(` ${label} `)]);
}

/** Returns the command that is most likely needed now; its key is shown first. */
export function urgentCommand(state: State): CommandName | null {
  const { connection, view } = state;
  if (connection.kind === 'down') return connection.isAbsent && !connection.isStarting ? 'startEngine' : null;
  return view.kind === 'tab' && view.tab === 'cooldown' ? 'endCooldown' : null;
}

function hintsOf(context: KeyContext, urgent: CommandName | null): readonly Hint[] {
  return KEYMAP.flatMap(({ keys, command, help, hint, in: contexts }) => {
    const [key] = keyLabels(keys);
    if (key === undefined || !contexts.includes(context)) return [];
    if (command === urgent) return [{ key, label: hint?.[0] ?? help, priority: 0 }];
    return hint === undefined ? [] : [{ key, label: hint[0], priority: hint[1] }];
  }).toSorted((a, b) => a.priority - b.priority);
}
