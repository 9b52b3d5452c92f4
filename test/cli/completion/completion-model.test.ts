import { describe, expect, test } from 'vitest';
import type { CommandRow } from '../../../src/cli/command/command.ts';
import { choice, eitherFlag, flag, text } from '../../../src/cli/command/option.ts';
import { type CommandModel, completionModel, type OptionModel } from '../../../src/cli/completion/completion-model.ts';

function modelOf(row: Partial<CommandRow>): CommandModel {
  const [model] = completionModel({ go: { summary: 'Go', ...row } }, {}).commands;
  if (model === undefined) throw new Error('no model');
  return model;
}

function optionsOf(options: CommandRow['options'] & object): readonly OptionModel[] {
  return modelOf({ options }).options;
}

const NOTHING = { words: [], ids: false, files: false };

describe('an option', () => {
  test.each<[string, CommandRow['options'] & object, OptionModel[]]>([
    ['without a value', { all: flag('-a, --all', 'all') }, [{ names: ['-a', '--all'], summary: 'all', value: null }]],
    ['with any text', { x: text('--x <text>', 'x') }, [{ names: ['--x'], summary: 'x', value: NOTHING }]],
    [
      'with a file',
      { x: text('-f, --x <file>', 'x') },
      [{ names: ['-f', '--x'], summary: 'x', value: { ...NOTHING, files: true } }],
    ],
    [
      'with a folder',
      { x: text('--x <folder>', 'x') },
      [{ names: ['--x'], summary: 'x', value: { ...NOTHING, files: true } }],
    ],
    ['with an id', { x: text('--x <id>', 'x') }, [{ names: ['--x'], summary: 'x', value: { ...NOTHING, ids: true } }]],
    [
      'with choices',
      { x: choice('--x <y>', 'x', ['a', 'b']) },
      [{ names: ['--x'], summary: 'x', value: { ...NOTHING, words: ['a', 'b'] } }],
    ],
    [
      'with an opposite',
      { x: eitherFlag(['--x', 'do'], ['--no-x', 'do not']) },
      [
        { names: ['--x'], summary: 'do', value: null },
        { names: ['--no-x'], summary: 'do not', value: null },
      ],
    ],
  ])('%s', (_what, options, models) => {
    expect(optionsOf(options)).toEqual(models);
  });
});

describe('an argument', () => {
  test.each<[string, string, CommandModel['argument']]>([
    ['<id>', 'id of a program', { ...NOTHING, ids: true }],
    ['<ids...>', 'ids of programs, or "all"', { ...NOTHING, ids: true, words: ['all'] }],
    ['<id>', 'unique id for the program', NOTHING],
    ['<file>', 'Procfile', { ...NOTHING, files: true }],
    ['[shell]', '"bash", "zsh" or "fish"', { ...NOTHING, words: ['bash', 'zsh', 'fish'] }],
    ['[words...]', 'a key and its value (default: those of "healer up")', NOTHING],
    ['<count>', 'number of instances', NOTHING],
  ])('%s: %s', (name, summary, offer) => {
    expect(modelOf({ arguments: [[name, summary]] }).argument).toEqual(offer);
  });

  test('offers what any of the arguments accepts', () => {
    const model = modelOf({
      arguments: [
        ['[action]', '"reset" to end cooldowns'],
        ['[ids...]', 'ids of programs, or "all"'],
      ],
    });
    expect(model.argument).toEqual({ words: ['reset', 'all'], ids: true, files: false });
  });
});

test('help is a command that completes the names of all commands', () => {
  const { commands, globalOptions } = completionModel({ a: { summary: 'A' }, b: { summary: 'B' } }, {});
  expect(commands.map(({ name }) => name)).toEqual(['a', 'b', 'help']);
  expect(commands.at(-1)?.argument.words).toEqual(['a', 'b']);
  expect(globalOptions.map(({ names }) => names)).toEqual([['-h', '--help']]);
});
