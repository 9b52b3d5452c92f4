import { describe, expect, test } from 'vitest';
import { bannerLines } from '../../../src/tui/lines/banner-lines.ts';
import { messageLines } from '../../../src/tui/lines/message-lines.ts';
import { tabLines } from '../../../src/tui/lines/tab-lines.ts';
import { plainMessage } from '../../../src/tui/store/messages.ts';
import type { Overlay, State } from '../../../src/tui/state/state.ts';
import { textField } from '../../../src/tui/state/text-field.ts';
import { timeOfDay } from '../../../src/tui/text/figures.ts';
import { DOWN, OVERLAYS, scene, targets, visible } from '../support/samples.ts';
import { NOW, press, screenWith } from '../support/states.ts';

function shown(changes: Partial<State>, columns = 80): string[] {
  const state = screenWith(['web'], { size: { columns, rows: 24 }, ...changes });
  return visible(messageLines(state, scene(columns, 1)));
}

describe('a prompt', () => {
  test.each<[Overlay, string]>([
    [{ kind: 'prompt', purpose: 'filter', field: textField('web'), before: '' }, ' filter: web'],
    [{ kind: 'prompt', purpose: 'search', field: textField(''), before: '' }, ' search:'],
    [{ kind: 'palette', field: textField('start web'), chosen: -1 }, ' :start web'],
    [{ kind: 'sort' }, ' sort by █'],
    [{ kind: 'hold', targets: [{ id: 'a', name: 'Shop', pid: 1 }] }, ' pause healing of Shop for █'],
    [{ kind: 'hold', targets: targets(3) }, ' pause healing of 3 programs for █'],
  ])('of %j is %j, whatever the message is', (overlay, text) => {
    expect(shown({ overlay })).toEqual([text]);
    expect(shown({ overlay, message: plainMessage('hello', 'bad', NOW) })).toEqual([text]);
  });

  test('inverts the character at the caret', () => {
    const overlay: Overlay = { kind: 'prompt', purpose: 'filter', field: { text: 'abc', caret: 1 }, before: '' };
    expect(messageLines(screenWith([], { overlay }), scene(20, 1))[0]).toContain('a\x1b[7mb\x1b[0mc');
  });
});

describe('a message', () => {
  test.each([
    ['hello', null, 80, ' hello'],
    ['hello', 'healer stop web', 40, ` hello${' '.repeat(18)}healer stop web`],
    ['hello', 'healer stop web', 20, ' hello  healer stop…'],
    ['a message that is cut', null, 12, ' a message …'],
    ['two\nlines', null, 80, ' two lines'],
  ])('%j with the command %j on %i columns', (text, command, columns, line) => {
    const message = { ...plainMessage(text, 'good', NOW), command };
    expect(shown({ message }, columns)).toEqual([line]);
  });

  test('that is a refusal is wrapped, without the command', () => {
    const message = { ...plainMessage('one two three four five six', 'bad', NOW), command: 'healer stop web' };
    expect(shown({ message, size: { columns: 16, rows: 24 } }, 16)).toEqual([' one two three', ' four five six']);
  });

  test('is shown below dialogs and forms', () => {
    const message = plainMessage('hello', 'good', NOW);
    for (const overlay of OVERLAYS) {
      const isPrompt = ['prompt', 'palette', 'sort', 'hold'].includes(overlay.kind);
      expect(shown({ overlay, message })[0] === ' hello').toBe(!isPrompt);
    }
  });

  test('is empty if there is none', () => {
    expect(shown({})).toEqual([]);
  });
});

const SINCE = timeOfDay(new Date(NOW).toISOString());

test.each<[Partial<typeof DOWN>, string]>([
  [{}, ` STALE since ${SINCE}: the engine is not responding; retrying (u: start it)`],
  [{ isStarting: true }, ` STALE since ${SINCE}: starting the engine ...`],
  [{ isAbsent: false, reason: 'not allowed' }, ` STALE since ${SINCE}: not allowed`],
])('the banner of a lost connection with %j is %j', (changes, text) => {
  const state = screenWith(['web'], { connection: { ...DOWN, ...changes } });
  expect(visible(bannerLines(state, scene(80, 1))).map((line) => line.trimEnd())).toEqual([text]);
});

describe('the line of tabs', () => {
  function tabs(state: State): string | undefined {
    return visible(tabLines(state, scene(state.size.columns, 1)))[0];
  }

  const state = screenWith(['web', 'api']);

  test('names all tabs', () => {
    expect(tabs(state)).toBe('  1 Processes   2 Anomalies   3 Zombies   4 Cooldown   5 Healing log');
  });

  test('highlights the current one, or the one that an opened program returns to', () => {
    const line = tabLines(press(state, '4', 'enter').state, scene(80, 1))[0];
    expect(line).toContain('\x1b[7m 4 Cooldown \x1b[0m');
  });

  test('has the filters at the right', () => {
    expect(tabs(press(state, '/', 'a', 'enter').state)).toBe(
      `  1 Processes   2   3   4   5${' '.repeat(29)}/a  1 of 2, Esc: all`,
    );
  });

  test('fits on the narrowest screen', () => {
    const narrow = press(screenWith(['web'], { size: { columns: 40, rows: 12 } }), '5').state;
    expect(tabs(narrow)).toBe('  1   2   3   4   5 Healing log');
  });
});
