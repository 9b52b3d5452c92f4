import type { ReactNode } from 'react';
import { usePens, useSelector } from '../hooks/use-session.ts';
import { type Span, span } from '../lines/scene.ts';
import type { Message, State } from '../store/state.ts';
import { Line } from './Line.tsx';

/** What just happened, or what is being typed. */
export function MessageLine(): ReactNode {
  const { glyphs } = usePens();
  const prompt = useSelector(promptText);
  const message = useSelector((state) => state.message);
  if (prompt !== null) return <Line spans={[span(` ${prompt}`, 'strong'), span(glyphs.caret)]} />;
  if (message === null) return <Line spans={[]} />;
  return <Line spans={[span(` ${message.text}`, TONE_OF[message.tone])]} right={commandSpans(message)} />;
}

const TONE_OF = { info: 'plain', good: 'good', bad: 'bad' } as const;

function commandSpans({ command }: Message): Span[] {
  return command === null ? [] : [span(`  ${command} `, 'muted')];
}

function promptText({ overlay, list, log }: State): string | null {
  switch (overlay.kind) {
    case 'filter':
      return `filter: ${list.filter}`;
    case 'search':
      return `search: ${log.search}`;
    case 'sort':
      return 'sort by ';
    case 'none':
    case 'confirm':
    case 'help':
      return null;
  }
}
