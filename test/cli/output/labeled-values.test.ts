import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatTime, printLabeledValues, printHeading } from '../../../src/cli/output/labeled-values.ts';
import { concludeOutcomes, type Outcome } from '../../../src/cli/output/outcomes.ts';
import { HealerError } from '../../../src/protocol/errors.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

describe('labeled values', () => {
  test('have aligned values, and those without a value are left out', () => {
    const terminal = recordingTerminal();
    printLabeledValues(terminal, [
      ['id', 'web'],
      ['a much longer label', null],
      ['state', 'running'],
    ]);
    expect(terminal.out).toEqual(['id     web', 'state  running']);
  });

  test('can be empty', () => {
    const terminal = recordingTerminal();
    printLabeledValues(terminal, []);
    printLabeledValues(terminal, [['id', null]]);
    expect(terminal.out).toEqual([]);
  });

  test('follow a heading after a blank line', () => {
    const terminal = recordingTerminal();
    printHeading(terminal, 'Policy');
    expect(terminal.out).toEqual(['', 'Policy']);
  });
});

describe('a time', () => {
  const { TZ } = process.env;
  beforeAll(() => {
    process.env['TZ'] = 'America/New_York';
  });
  afterAll(() => {
    if (TZ === undefined) delete process.env['TZ'];
    else process.env['TZ'] = TZ;
  });

  test.each([
    ['2026-11-21T09:34:01.999Z', '2026-11-21 04:34:01'],
    ['2026-07-01T00:00:00.000Z', '2026-06-30 20:00:00'],
    ['soon', 'soon'],
    ['', ''],
  ])('%j is %j in New York', (iso, text) => {
    expect(formatTime(iso)).toBe(text);
  });

  test('that is invalid is printed without control characters', () => {
    expect(formatTime('so\x1b[2Jon')).not.toContain('\x1b');
  });
});

describe('the outcomes of a command', () => {
  const done: Outcome<number> = { id: 'a', ok: true, result: 1 };
  const failed = (code: HealerError['code']): Outcome<number> => ({
    id: 'b',
    ok: false,
    error: new HealerError(code, 'cannot stop "b"', { id: 'b' }),
  });

  test.each<[string, Outcome<number>[], number]>([
    ['none', [], 0],
    ['success', [done], 0],
    ['a failure', [done, failed('INVALID_STATE')], 1],
    ['a usage error first', [failed('INVALID_CONFIG'), failed('TIMEOUT')], 2],
    ['a lost engine first', [failed('ENGINE_NOT_RUNNING'), failed('INVALID_CONFIG')], 3],
  ])('%s: exit code of the first failure', (_what, outcomes, code) => {
    expect(concludeOutcomes(recordingTerminal(), outcomes)).toBe(code);
  });

  test('are printed only as JSON here', () => {
    const plain = recordingTerminal();
    const json = recordingTerminal({ json: true });
    for (const terminal of [plain, json]) concludeOutcomes(terminal, [done, failed('TIMEOUT')]);
    expect(plain.out).toEqual([]);
    expect(json.out.map((line) => JSON.parse(line) as unknown)).toEqual([
      [
        { id: 'a', ok: true, result: 1 },
        { id: 'b', ok: false, error: { code: 'TIMEOUT', message: 'cannot stop "b"', data: { id: 'b' } } },
      ],
    ]);
  });
});
