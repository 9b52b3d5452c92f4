import { describe, expect, test } from 'vitest';
import { REMOTE_SETTINGS } from '../../../src/config/registry/remote-settings.ts';
import {
  changeSetting,
  settingProblems,
  validSettings,
  viewSetting,
  viewSettings,
} from '../../../src/config/registry/settings.ts';

describe('settings', () => {
  test('have defaults', () => {
    expect(viewSettings({}).map(({ key, value, isDefault }) => [key, value, isDefault])).toEqual([
      ['healing', 'heal', true],
      ['binaries', {}, true],
      ['zombieScanSeconds', 300, true],
      ['orphanCheckSeconds', 60, true],
      ['tracking', 'on', true],
      ...Object.entries(REMOTE_SETTINGS).map(([key, row]) => [key, row.default, true]),
    ]);
  });

  test('are set, displayed and reset', () => {
    const observing = changeSetting({}, 'healing', 'observe');
    expect(viewSetting(observing, 'healing')).toMatchObject({ value: 'observe', isDefault: false });
    expect(changeSetting(observing, 'healing', null)).toEqual({});
  });

  test('for binaries are set one by one', () => {
    const one = changeSetting({}, 'binaries.node', '/opt/node');
    const two = changeSetting(one, 'binaries.python3.11', '/opt/python');
    expect(two).toEqual({ binaries: { node: '/opt/node', 'python3.11': '/opt/python' } });
    expect(viewSetting(two, 'binaries.node').value).toBe('/opt/node');
    expect(viewSetting(two, 'binaries.ruby')).toMatchObject({ value: null, isDefault: true });
    expect(changeSetting(two, 'binaries.node', null)).toEqual({ binaries: { 'python3.11': '/opt/python' } });
  });

  test.each([
    ['healin', 'observe', /did you mean "healing"/],
    ['nonsense', 'x', /the settings are healing, binaries, .* and binaries\.NAME/],
    ['healing', 'maybe', /cannot set "healing".*for example observe/],
    ['binaries.node', 'node', /cannot set "binaries": must be an absolute path/],
    ['toString', 'x', /unknown setting/],
  ])('reject %s = %s', (key, value, sentence) => {
    expect(() => changeSetting({}, key, value)).toThrow(sentence);
  });

  test('that are invalid in the file are reported and ignored', () => {
    const stored = { healing: 'maybe', binaries: { node: '/x' }, other: 1 };
    expect(validSettings(stored)).toEqual({ binaries: { node: '/x' } });
    expect(settingProblems(stored).map(({ message }) => message)).toEqual([
      expect.stringContaining('"healing" is invalid and has no effect'),
      'unknown setting "other"',
    ]);
  });
});
