import type { ReactNode } from 'react';
import { useSelector } from '../hooks/use-session.ts';
import { type KeyContext, KEYMAP } from '../key-bindings.ts';
import { contextOf, keyLabel } from '../keymap.ts';
import { type Span, span } from '../lines/scene.ts';
import { Line } from './Line.tsx';

interface Hint {
  readonly key: string;
  readonly label: string;
  readonly priority: number;
}

/** The keys that matter here, as many as fit, the most useful first. */
export function Footer(): ReactNode {
  const context = useSelector(contextOf);
  const columns = useSelector((state) => state.size.columns);
  const spans = fittingHints(context, columns).flatMap(({ key, label }): Span[] => [
    span(' '),
    span(key, 'strong'),
    span(` ${label} `),
  ]);
  return <Line spans={spans} />;
}

function fittingHints(context: KeyContext, columns: number): readonly Hint[] {
  let room = columns;
  return hintsOf(context).filter(({ key, label }) => {
    room -= key.length + label.length + 3;
    return room >= 0;
  });
}

function hintsOf(context: KeyContext): readonly Hint[] {
  return KEYMAP.flatMap(({ keys, hint, in: contexts }) => {
    const [key] = keys;
    if (hint === undefined || key === undefined || !contexts.includes(context)) return [];
    const [label, priority] = hint;
    return [{ key: keyLabel(key), label, priority }];
  }).toSorted((a, b) => a.priority - b.priority);
}
