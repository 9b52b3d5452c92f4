import { describe, expect, test } from 'vitest';
import type { CommandRow } from '../../../src/cli/command/command.ts';
import { choice, eitherFlag, flag, text } from '../../../src/cli/command/option.ts';
import {
  type CommandModel,
  completionModel,
  NOTHING,
  type Offer,
  type OptionModel,
} from '../../../src/cli/completion/completion-model.ts';

function modelOf(row: Partial<CommandRow>, name = 'go'): CommandModel {
  const [model] = completionModel({ [name]: { summary: 'Go', ...row } }, {}).commands;
  if (model === undefined) throw new Error('no model');
  return model;
}

function optionsOf(options: CommandRow['options'] & object): readonly OptionModel[] {
  return modelOf({ options }).options;
}

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
    [
      'with an id',
      { x: text('--x <id>', 'x') },
      [{ names: ['--x'], summary: 'x', value: { ...NOTHING, kinds: ['targets'] } }],
    ],
    [
      'with a field',
      { x: text('--set <field=value>', 'x') },
      [{ names: ['--set'], summary: 'x', value: { ...NOTHING, kinds: ['assignments'] } }],
    ],
    [
      'with an engine on another machine',
      { x: text('--host <url>', 'x') },
      [{ names: ['--host'], summary: 'x', value: { ...NOTHING, kinds: ['remotes'] } }],
    ],
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
  test.each<[string, string, Offer]>([
    ['<id>', 'id of a program', { ...NOTHING, kinds: ['programs'] }],
    ['<ids...>', 'ids of programs, @group, or "all"', { ...NOTHING, kinds: ['targets'], words: ['all'] }],
    ['<id>', 'unique id for the program', NOTHING],
    ['<file>', 'Procfile', { ...NOTHING, files: true }],
    ['<folder>', 'folder to be created', { ...NOTHING, files: true }],
    ['[shell]', '"bash", "zsh" or "fish"', { ...NOTHING, words: ['bash', 'zsh', 'fish'] }],
    ['<names...>', 'names of hosts or persons', { ...NOTHING, kinds: ['hosts'] }],
    ['<count>', 'number of instances', NOTHING],
  ])('%s: %s', (name, summary, offer) => {
    expect(modelOf({ arguments: [[name, summary]] }).argument([])).toEqual(offer);
  });

  test('offers what fits its place; only the last one is repeated, and only if its name says so', () => {
    const { argument } = modelOf({
      arguments: [
        ['[action]', '"reset" to end cooldowns'],
        ['[ids...]', 'ids of programs, @group, or "all"'],
      ],
    });
    expect(argument([])).toEqual({ ...NOTHING, words: ['reset'] });
    expect(argument(['reset'])).toMatchObject({ kinds: ['targets'] });
    expect(argument(['reset', 'web'])).toMatchObject({ kinds: ['targets'] });
    const { argument: count } = modelOf({ arguments: [['<id>', 'id of a program']] });
    expect(count(['web'])).toEqual(NOTHING);
  });

  test('of "config" depends on the action', () => {
    const { argument } = modelOf({}, 'config');
    expect(argument([])).toMatchObject({ words: ['get', 'set', 'check'] });
    expect(argument(['get'])).toMatchObject({ kinds: ['settings'] });
    expect(argument(['set', 'healing'])).toEqual(NOTHING);
    expect(argument(['check'])).toEqual({ ...NOTHING, files: true });
  });
});

test('help is a command that completes the names of all commands', () => {
  const { commands, globalOptions } = completionModel({ a: { summary: 'A' }, b: { summary: 'B' } }, {});
  expect(commands.map(({ name }) => name)).toEqual(['a', 'b', 'help']);
  expect(commands.at(-1)?.argument([]).words).toEqual(['a', 'b']);
  expect(globalOptions.map(({ names }) => names)).toEqual([['-h', '--help']]);
});

test('commands of two words are commands of their first word, each with its own options', () => {
  const rows = {
    'fleet ls': { summary: 'List', options: { watch: flag('-w, --watch', 'watch') } },
    'fleet init': { summary: 'Init' },
  };
  const [fleet] = completionModel(rows, {}, { fleet: 'Hosts' }).commands;
  expect(fleet).toMatchObject({ name: 'fleet', summary: 'Hosts', options: [] });
  expect(fleet?.commands).toMatchObject([
    { name: 'ls', options: [{ names: ['-w', '--watch'] }] },
    { name: 'init', options: [] },
  ]);
});
