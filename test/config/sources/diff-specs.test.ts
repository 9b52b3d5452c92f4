import { describe, expect, test } from 'vitest';
import { diffSpecs } from '../../../src/config/sources/diff-specs.ts';
import { type ProcessSpec, type ProcessSpecInput, processSpecSchema } from '../../../src/protocol/process-spec.ts';

const WHOLE = { isComplete: true };

function specs(...inputs: ProcessSpecInput[]): Map<string, ProcessSpec> {
  return new Map(inputs.map((input) => [input.id, processSpecSchema.parse(input)]));
}

describe('the difference', () => {
  test('adds and removes programs', () => {
    const diff = diffSpecs(
      specs({ id: 'old', command: 'x' }, { id: 'kept', command: 'x' }),
      specs({ id: 'kept', command: 'x' }, { id: 'new', command: 'x' }),
      WHOLE,
    );
    expect(diff.added.map(({ id }) => id)).toEqual(['new']);
    expect(diff.removed).toEqual(['old']);
    expect([...diff.changedInPlace, ...diff.changedNeedsRestart]).toEqual([]);
  });

  test('removes nothing when part of a source could not be read', () => {
    const diff = diffSpecs(specs({ id: 'old', command: 'x' }), specs({ id: 'new', command: 'x' }), {
      isComplete: false,
    });
    expect(diff.removed).toEqual([]);
    expect(diff.added.map(({ id }) => id)).toEqual(['new']);
  });

  test.each<[string, Partial<ProcessSpecInput>]>([
    ['limits', { limits: { cpuPercent: 10 } }],
    ['the name', { name: 'X' }],
    ['the restart policy', { restart: { policy: 'always' } }],
    ['the stop signal', { stop: { signal: 'SIGINT' } }],
    ['healing', { healing: 'observe' }],
    ['log rotation', { logs: { keep: 1 } }],
  ])('changes %s in place', (_what, change) => {
    const diff = diffSpecs(specs({ id: 'a', command: 'x' }), specs({ id: 'a', command: 'x', ...change }), WHOLE);
    expect(diff.changedInPlace.map(({ id }) => id)).toEqual(['a']);
    expect(diff.changedNeedsRestart).toEqual([]);
  });

  test.each<[string, Partial<ProcessSpecInput>]>([
    ['the command', { command: 'y' }],
    ['the order of arguments', { args: ['2', '1'] }],
    ['the working directory', { cwd: '/tmp' }],
    ['a variable', { env: { A: '2' } }],
    ['running in a shell', { shell: true }],
    ['inheriting the environment', { inheritEnv: false }],
    ['the command together with limits', { command: 'y', limits: { cpuPercent: 10 } }],
  ])('needs a restart for %s', (_what, change) => {
    const base = { id: 'a', command: 'x', args: ['1', '2'], env: { A: '1' } };
    const diff = diffSpecs(specs(base), specs({ ...base, ...change }), WHOLE);
    expect(diff.changedNeedsRestart.map(({ id }) => id)).toEqual(['a']);
    expect(diff.changedInPlace).toEqual([]);
  });

  test('is empty when only the order of variables differs', () => {
    const diff = diffSpecs(
      specs({ id: 'a', command: 'x', env: { A: '1', B: '2' } }),
      specs({ id: 'a', command: 'x', env: { B: '2', A: '1' } }),
      WHOLE,
    );
    expect(diff).toMatchObject({ added: [], removed: [], changedInPlace: [], changedNeedsRestart: [] });
    expect(diff.unchanged).toEqual(['a']);
  });

  test('lists the changed fields', () => {
    const diff = diffSpecs(
      specs({ id: 'a', command: 'x' }, { id: 'same', command: 'x' }),
      specs({ id: 'a', command: 'y', limits: { memoryMb: 5 } }, { id: 'same', command: 'x' }),
      WHOLE,
    );
    expect([...diff.changedFields]).toEqual([['a', ['command', 'limits']]]);
  });
});
