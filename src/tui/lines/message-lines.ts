import { wrappedMessage } from '../layout/wrapped-message.ts';
import type { Message, State, Target } from '../state/state.ts';
import type { TextField } from '../state/text-field.ts';
import { type Scene, type Span, span } from '../style/scene.ts';
import { line, twoParts } from '../text/line.ts';
import { fieldSpans } from './field-spans.ts';

const TONE_OF = { info: 'plain', good: 'good', bad: 'bad' } as const;

/** Draws the message, or what is being typed. */
export function messageLines(state: State, scene: Scene): readonly string[] {
  const prompt = promptText(state);
  if (prompt !== null) {
    const field = promptField(state);
    const typed = field === null ? [span(scene.glyphs.caret)] : fieldSpans(field);
    return [line(scene, [span(` ${prompt}`, 'strong'), ...typed])];
  }
  const { message } = state;
  if (message === null) return [];
  const tone = TONE_OF[message.tone];
  const lines = wrappedMessage(state);
  return lines.map((text) =>
    twoParts(scene, [span(` ${text}`, tone)], lines.length === 1 ? commandSpans(message) : []),
  );
}

function commandSpans({ command }: Message): Span[] {
  return command === null ? [] : [span(`  ${command} `, 'muted')];
}

function promptField({ overlay }: State): TextField | null {
  const field = 'field' in overlay ? overlay.field : undefined;
  return field ?? null;
}

function namesOf(targets: readonly Target[]): string {
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
      return `pause healing of ${namesOf(overlay.targets)} for `;
    case 'help':
      return overlay.field === undefined ? null : 'search the keys: ';
    case 'none':
    case 'confirm':
    case 'confirmClean':
    case 'signal':
    case 'form':
      return null;
  }
}
