import { completionsOf, enterText } from '../commands/palette.ts';
import type { SignalTarget } from '../state/signals.ts';
import { wordsOf } from '../state/ui-operations.ts';
import type { Question, State, Target } from '../state/state.ts';
import { signalLines } from './signal-lines.ts';
import { fillHeight, line, ruledLine, selectedLine } from '../text/line.ts';
import { cutText, widthOfText } from '../text/narrow-text.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

/** Draws what is above the message: a question, or the completions of the command line. */
export function dialogLines(state: State, scene: Scene): readonly string[] {
  const { overlay } = state;
  switch (overlay.kind) {
    case 'confirm':
      return confirmLines(overlay.question, scene);
    case 'confirmClean':
      return cleanLines(overlay.count, overlay.parents, scene);
    case 'signal':
      return overlay.signal === null
        ? signalLines(overlay.target, scene)
        : sendLines(overlay.target, overlay.signal, scene);
    case 'palette':
      return completionLines(state, overlay.field.text, overlay.chosen, scene);
    case 'none':
    case 'prompt':
    case 'sort':
    case 'hold':
    case 'form':
    case 'help':
      return fillHeight(scene, []);
  }
}

const ANSWERS: readonly Span[] = [
  span('  '),
  span('y', 'bad'),
  span(' yes   '),
  span('n', 'strong'),
  span(' no (also Esc and Enter)'),
];

/** Asks for confirmation, with the programs as they were when the dialog opened. Only `y` confirms. */
function confirmLines({ operation, targets }: Question, scene: Scene): readonly string[] {
  const { verb, note } = wordsOf(operation);
  const [only] = targets;
  const who = only !== undefined && targets.length === 1 ? nameOf(only) : `these ${targets.length} programs`;
  const question = [span(`  ${verb} ${who}?`, 'strong'), span(note === '' ? '' : ` (${note})`)];
  const names = scene.height - 3;
  return fillHeight(scene, [
    ruledLine(scene, [span('Confirm', 'strong')]),
    line(scene, question),
    ...(names > 0 ? nameLines(targets, names, scene) : []),
    line(scene, ANSWERS),
  ]);
}

/** Asks whether to send a signal, with what healer does if the program exits by it. */
function sendLines({ id, pid, command }: SignalTarget, signal: string, scene: Scene): readonly string[] {
  return fillHeight(scene, [
    ruledLine(scene, [span('Confirm', 'strong')]),
    line(scene, [
      span(`  Send ${signal} to ${command} (pid ${String(pid)})?`, 'strong'),
      span(` (a process of ${id})`),
    ]),
    line(scene, ANSWERS),
  ]);
}

function nameOf({ name, pid }: Target): string {
  return pid === null ? name : `${name} (pid ${pid})`;
}

/** Draws as many names as fit, and the number of those that do not. */
function nameLines(targets: readonly Target[], height: number, scene: Scene): readonly string[] {
  const names = targets.map(({ name }) => name);
  const lines: string[] = [];
  let drawn = 0;
  while (drawn < names.length && lines.length < height) {
    const { text, count } = nameLine(names.slice(drawn), lines.length === height - 1, scene);
    lines.push(line(scene, [span(`    ${text}`)]));
    drawn += count;
  }
  return lines;
}

/** Names are at least one character long, and are separated by two. */
const COLUMNS_PER_NAME = 3;

/** Returns the names that fit on a line; on the last line, they are followed by the number of all others. */
function nameLine(names: readonly string[], isLast: boolean, scene: Scene): { text: string; count: number } {
  const room = scene.columns - 4;
  for (let count = Math.min(names.length, Math.ceil(room / COLUMNS_PER_NAME)); count > 1; count -= 1) {
    const text = names.slice(0, count).join(', ') + endOfNames(names.length - count, isLast);
    if (widthOfText(text) <= room) return { text, count };
  }
  const end = endOfNames(names.length - 1, isLast);
  return { text: cutText(names[0] ?? '', room - end.length, scene.glyphs.ellipsis) + end, count: 1 };
}

function endOfNames(left: number, isLast: boolean): string {
  if (left === 0) return '';
  return isLast ? ` and ${left} more` : ',';
}

function cleanLines(count: number, parents: readonly string[], scene: Scene): readonly string[] {
  const who = count === 1 ? '1 zombie' : `${count} zombies`;
  return fillHeight(scene, [
    ruledLine(scene, [span('Confirm', 'strong')]),
    line(scene, [span(`  Clean up ${who}?`, 'strong'), span(' (sends SIGCHLD to the parents)')]),
    line(scene, [span(`    ${parents.join(', ')}`)]),
    line(scene, ANSWERS),
  ]);
}

function completionLines(state: State, typed: string, chosen: number, scene: Scene): readonly string[] {
  const all = completionsOf(state, typed);
  const height = scene.height - 1;
  const top = Math.max(0, Math.min(chosen - height + 1, all.length - height));
  const shown = all.slice(top, top + height);
  const width = Math.max(0, ...shown.map(({ label }) => widthOfText(label)));
  const more = all.length > shown.length ? `${all.length} matches` : '';
  const enter = span(`  ${enterText(state)}`, 'muted');
  const rule = ruledLine(scene, [span('Command', 'strong'), enter], more);
  const lines = shown.map(({ label, help }, index) => {
    const isFirst = chosen === -1 && top + index === 0 && typed.trim() !== '';
    const sign = isFirst ? scene.glyphs.cursor : ' ';
    const spans = [
      span(sign, 'info'),
      span(` ${label}${' '.repeat(width - widthOfText(label))}  `, 'strong'),
      span(help, 'muted'),
    ];
    return top + index === chosen ? selectedLine(scene, spans) : line(scene, spans);
  });
  return fillHeight(scene, [rule, ...lines]);
}
