import type { ReactNode } from 'react';
import { usePens, useSelector } from './use-session.ts';
import { type Span, span } from '../style/scene.ts';
import { fieldSpans } from '../lines/field-spans.ts';
import { messageLines } from '../layout/message-lines.ts';
import type { Message, State, Target } from '../state/state.ts';
import type { TextField } from '../state/text-field.ts';
import { Line } from './Line.tsx';

/** What just happened, or what is being typed. */
export function MessageLine(): ReactNode {
  const { glyphs } = usePens();
  const prompt = useSelector(promptText);
  const field = useSelector(promptField);
  const message = useSelector((state) => state.message);
  const text = useSelector((state) => messageLines(state).join('\n'));
  if (prompt !== null) {
    const typed = field === null ? [span(glyphs.caret)] : fieldSpans(field);
    return <Line spans={[span(` ${prompt}`, 'strong'), ...typed]} />;
  }
  if (message === null) return <Line spans={[]} />;
  const lines = text.split('\n');
  return lines.map((piece, index) => (
    <Line
      key={index}
      spans={[span(` ${piece}`, TONE_OF[message.tone])]}
      right={lines.length === 1 ? commandSpans(message) : []}
    />
  ));
}

const TONE_OF = { info: 'plain', good: 'good', bad: 'bad' } as const;

function commandSpans({ command }: Message): Span[] {
  return command === null ? [] : [span(`  ${command} `, 'muted')];
}

function promptField({ overlay }: State): TextField | null {
  return overlay.kind === 'prompt' || overlay.kind === 'palette' ? overlay.field : null;
}

function whose(targets: readonly Target[]): string {
  const [only] = targets;
  return only !== undefined && targets.length === 1 ? only.name : `${targets.length} programs`;
}

function promptText({ overlay }: State): string | null {
  switch (overlay.kind) {
    case 'prompt':
      return `${overlay.purpose}: `;
    case 'palette':
      return ':';
    case 'sort':
      return 'sort by ';
    case 'hold':
      return `hold the healing of ${whose(overlay.targets)} for `;
    case 'none':
    case 'confirm':
    case 'confirmClean':
    case 'form':
    case 'help':
      return null;
  }
}
