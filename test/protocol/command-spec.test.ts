import { describe, expect, test } from 'vitest';
import { processSpecSchema } from '../../src/protocol/process-spec.ts';
import { commandSchema } from '../../src/protocol/spec/command-spec.ts';
import { stopSchema } from '../../src/protocol/spec/stop-spec.ts';

const QUIT = { command: 'nginx', args: ['-s', 'quit'], timeoutMs: 30_000 };

describe('a command of a program', () => {
  test.each([
    ['a text of plain words', ' nginx -s  quit '],
    ['a list of words', ['nginx', '-s', 'quit']],
    ['its fields', { command: 'nginx', args: ['-s', 'quit'] }],
    ['its fields with a unit', { command: 'nginx', args: ['-s', 'quit'], timeoutMs: '30s' }],
  ])('can be written as %s', (_, written) => {
    expect(commandSchema.parse(written)).toEqual(QUIT);
  });

  test('can be read again as it was stored', () => {
    expect(commandSchema.parse(commandSchema.parse('nginx -s quit'))).toEqual(QUIT);
  });

  test.each(['echo "a b"', 'a | b', 'rm $HOME', 'a && b', 'a > b'])('does not take the shell script %j', (text) => {
    expect(commandSchema.safeParse(text).error?.message).toContain('no shell runs this text');
  });

  test.each(['', ' ', [], { command: '' }, { command: 'a', timeoutMs: 0 }, 5, null])('refuses %j', (written) => {
    expect(commandSchema.safeParse(written).success).toBe(false);
  });
});

describe('a stop sequence', () => {
  const sequenceOf = (written: unknown): unknown => stopSchema.parse({ sequence: written }).sequence;

  test('takes signals with times, and SIGKILL at its end', () => {
    expect(sequenceOf([['SIGINT', '5s'], ['SIGTERM', 10_000], 'SIGKILL'])).toEqual([
      ['SIGINT', 5000],
      ['SIGTERM', 10_000],
    ]);
  });

  test('gives a signal without a time 10 s', () => {
    expect(sequenceOf(['SIGINT', ['SIGTERM', '1s']])).toEqual([
      ['SIGINT', 10_000],
      ['SIGTERM', 1000],
    ]);
  });

  test('can be read again as it was stored', () => {
    const stop = stopSchema.parse({ sequence: [['SIGINT', '5s'], 'SIGKILL'], command: 'a b' });
    expect(stopSchema.parse(stop)).toEqual(stop);
  });

  test.each([[[]], [['SIGKILL', 'SIGTERM']], [[['SIGNAL', '5s']]], [[['SIGINT', '5 apples']]], ['SIGINT']])(
    'refuses %j',
    (written) => {
      expect(stopSchema.safeParse({ sequence: written }).success).toBe(false);
    },
  );
});

describe('new fields of a program', () => {
  const parse = (fields: object): ReturnType<typeof processSpecSchema.safeParse> =>
    processSpecSchema.safeParse({ id: 'a', command: 'b', ...fields });

  test('have defaults that change nothing', () => {
    const { hooks, maxRuntimeMs, scheduling, stop } = processSpecSchema.parse({ id: 'a', command: 'b' });
    expect({ hooks, maxRuntimeMs, scheduling }).toEqual({
      hooks: {},
      maxRuntimeMs: null,
      scheduling: { overlap: 'skip', timeZone: null, jitterMs: 0, catchUp: false },
    });
    expect([stop.sequence, stop.command]).toEqual([null, null]);
  });

  test.each([
    { hooks: { crashd: 'a' } },
    { scheduling: { timeZone: 'Mars/Olympus' } },
    { scheduling: { overlap: 'maybe' } },
    { maxRuntimeMs: 0 },
    { instances: 'many' },
    { health: { check: { type: 'tcp', port: 1 }, failures: '6 of 5' } },
    { health: { check: { type: 'tcp', port: 1 }, failures: '0 of 5' } },
    { health: { check: { type: 'tcp', port: 1 }, failures: '3 from 5' } },
  ])('refuse %j', (fields) => {
    expect(parse(fields).success).toBe(false);
  });

  test.each([
    { hooks: { crashed: ['sh', '-c', 'echo "$HEALER_EVENT"'] } },
    { scheduling: { timeZone: 'America/New_York', jitterMs: '5m' } },
    { instances: 'max' },
    { health: { check: { type: 'tcp', port: 1 }, failures: '3 of 5', successesRequired: 2 } },
  ])('take %j', (fields) => {
    expect(parse(fields).success).toBe(true);
  });
});
