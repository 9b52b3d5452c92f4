import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/tui/terminal/exit-cause.ts';
import { createInkStage } from '../../../src/tui/terminal/ink-stage.ts';
import { nameOfCharacter, nameOfSequence } from '../../../src/tui/terminal/key-names.ts';

test.each([
  ['', 'A', 'up'],
  ['', 'B', 'down'],
  ['', 'C', 'right'],
  ['', 'D', 'left'],
  ['', 'H', 'home'],
  ['', 'F', 'end'],
  ['', 'I', 'focus'],
  ['', 'P', 'f1'],
  ['', 'Z', 'shift-tab'],
  ['1', '~', 'home'],
  ['3', '~', 'delete'],
  ['4', '~', 'end'],
  ['5', '~', 'pageup'],
  ['6', '~', 'pagedown'],
  ['7', '~', 'home'],
  ['8', '~', 'end'],
  ['15', '~', 'f5'],
  ['24', '~', 'f12'],
  ['1;2', 'A', 'shift-up'],
  ['1;3', 'B', 'alt-down'],
  ['1;5', 'C', 'ctrl-right'],
  ['5;5', '~', 'ctrl-pageup'],
  ['1;9', 'A', 'up'],
  ['', 'O', null],
  ['99', '~', null],
  ['62;22', 'c', null],
])('the sequence with %j and %s is the key %j', (parameters, final, name) => {
  expect(nameOfSequence(parameters, final)).toBe(name);
});

test.each([
  ['a', 'a'],
  ['G', 'G'],
  ['é', 'é'],
  [' ', 'space'],
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\t', 'tab'],
  ['\x7f', 'backspace'],
  ['\b', 'backspace'],
  ['\x00', 'ctrl-space'],
  ['\x1b', 'escape'],
  ['\x01', 'ctrl-a'],
  ['\x03', 'ctrl-c'],
  ['\x1a', 'ctrl-z'],
])('the character %j is the key %s', (character, name) => {
  expect(nameOfCharacter(character)).toBe(name);
});

describe('the exit code', () => {
  test.each([
    [{ kind: 'quit' }, 0],
    [{ kind: 'signal', signal: 'SIGINT' }, 130],
    [{ kind: 'signal', signal: 'SIGTERM' }, 143],
    [{ kind: 'signal', signal: 'SIGHUP' }, 129],
    [{ kind: 'crash', error: new Error('x') }, 70],
  ] as const)('of %j is %i', (cause, code) => {
    expect(exitCodeOf(cause)).toBe(code);
  });
});

describe('the streams of Ink', () => {
  test('pass on frames by rows, without sequences for the cursor', () => {
    const frames: (readonly string[])[] = [];
    const { stdout } = createInkStage({ columns: 80, rows: 24 }, (lines) => frames.push(lines));
    stdout.write('\x1b[?25l');
    stdout.write('one\ntwo');
    stdout.write('\x1b[?25h');
    expect(frames).toEqual([['one', 'two']]);
  });

  test('have the size of the terminal, and report changes', () => {
    const stage = createInkStage({ columns: 80, rows: 24 }, () => undefined);
    let resized = 0;
    stage.stdout.on('resize', () => {
      resized += 1;
    });
    stage.resize({ columns: 100, rows: 30 });
    expect(stage.stdout).toMatchObject({ columns: 100, rows: 30, isTTY: true });
    expect(resized).toBe(1);
  });
});
