import { type KeyContext, KEYMAP } from '../key-bindings.ts';
import { keyLabel } from '../keymap.ts';
import { type Span, span } from './scene.ts';

interface Hint {
  readonly key: string;
  readonly label: string;
  readonly priority: number;
}

/** The keys that matter here, as many as fit, the most useful first. */
export function footerSpans(context: KeyContext, columns: number): readonly Span[] {
  let room = columns;
  const fitting = hintsOf(context).filter(({ key, label }) => {
    room -= key.length + label.length + 3;
    return room >= 0;
  });
  return fitting.flatMap(({ key, label }) => [span(' '), span(key, 'strong'), span(` ${label} `)]);
}

function hintsOf(context: KeyContext): readonly Hint[] {
  return KEYMAP.flatMap(({ keys, hint, in: contexts }) => {
    const [key] = keys;
    if (hint === undefined || key === undefined || !contexts.includes(context)) return [];
    const [label, priority] = hint;
    return [{ key: keyLabel(key), label, priority }];
  }).toSorted((a, b) => a.priority - b.priority);
}
