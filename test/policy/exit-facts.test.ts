import { expect, test } from 'vitest';
import { describeExit, type ExitFacts, isSuccess, seconds } from '../../src/policy/exit-facts.ts';
import { exit } from '../support/programs.ts';

const UNKNOWN = { code: null, signal: null };

test.each<[Partial<ExitFacts>, string]>([
  [{ code: 0, uptimeMs: 12 }, 'exited with code 0 after 12 ms'],
  [{ code: 3, uptimeMs: 12_000 }, 'exited with code 3 after 12 s'],
  [{ code: 255, uptimeMs: 1_234 }, 'exited with code 255 after 1.2 s'],
  [{ code: null, signal: 'SIGTERM', uptimeMs: 0 }, 'killed by SIGTERM after 0 ms'],
  [{ code: null, signal: 'SIGSEGV', coreDumped: true, uptimeMs: 3_000 }, 'killed by SIGSEGV (core dumped) after 3 s'],
  [
    { code: null, signal: 'SIGTERM', uptimeMs: 5_900, requested: { signal: 'SIGTERM', by: 'ann', agoMs: 4 } },
    'killed by SIGTERM after 5.9 s (sent by ann)',
  ],
  [
    { code: 0, uptimeMs: 3_000, requested: { signal: 'SIGTERM', by: 'the operator', agoMs: 40 } },
    'exited with code 0 after 3 s (40 ms after the operator sent SIGTERM)',
  ],
  [{ ...UNKNOWN, uptimeMs: 60_000 }, 'exited (exit status unknown; no engine was waiting for it) after 60 s'],
])('%o is described as "%s"', (fields, sentence) => {
  expect(describeExit(exit(fields))).toBe(sentence);
});

test.each<[Partial<ExitFacts>, readonly number[], boolean]>([
  [{ code: 0 }, [0], true],
  [{ code: 1 }, [0], false],
  [{ code: 3 }, [0, 3], true],
  [{ code: 0 }, [3], false],
  [{ code: 0 }, [], false],
  [{ code: 0, signal: 'SIGTERM' }, [0], false],
  [{ code: null, signal: 'SIGTERM' }, [0, 143], false],
  [UNKNOWN, [0], false],
])('%o with the success codes %j is successful: %s', (fields, codes, expected) => {
  expect(isSuccess(exit(fields), codes)).toBe(expected);
});

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [999.4, '999 ms'],
  [1_000, '1 s'],
  [1_049, '1 s'],
  [1_050, '1.1 s'],
  [9_949, '9.9 s'],
  [9_999, '10 s'],
  [10_000, '10 s'],
  [10_499, '10 s'],
  [10_500, '11 s'],
  [120_000, '120 s'],
])('%i ms is shown as "%s"', (ms, text) => {
  expect(seconds(ms)).toBe(text);
});
