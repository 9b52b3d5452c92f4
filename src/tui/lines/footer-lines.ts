import type { CommandName, KeyContext } from '../keys/key-bindings.ts';
import { contextOf } from '../keys/keymap.ts';
import { footerHints, urgentCommand } from '../layout/footer-hints.ts';
import type { State } from '../state/state.ts';
import type { Glyphs } from '../style/glyphs.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { line } from '../text/line.ts';

/** Keys that end processes or delete definitions. */
const DESTRUCTIVE: ReadonlySet<CommandName> = new Set<CommandName>(['stop', 'kill', 'remove']);

/** Draws the most useful keys. */
export function footerLines(state: State, scene: Scene): readonly string[] {
  return [line(scene, footerSpans(contextOf(state), scene, urgentCommand(state)))];
}

/** Returns the most useful keys of a context, as many as fit, with a bar between groups. */
export function footerSpans(
  context: KeyContext,
  { columns, glyphs }: { readonly columns: number; readonly glyphs: Pick<Glyphs, 'side'> },
  urgent: CommandName | null,
): readonly Span[] {
  return footerHints(context, columns, urgent).flatMap(({ key, label, command, beginsGroup }) => [
    ...(beginsGroup ? [span(`${glyphs.side} `, 'muted')] : []),
    span(' '),
    span(key, DESTRUCTIVE.has(command) ? 'bad' : 'strong'),
    span(` ${label} `),
  ]);
}
