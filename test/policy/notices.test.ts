import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ProgramStatement, statementsIn } from '../../src/policy/notices.ts';

describe('a notification', () => {
  test.each<[string, ProgramStatement[]]>([
    ['READY=1', [{ kind: 'ready' }]],
    ['READY=0', []],
    ['RELOADING=1', [{ kind: 'reloading' }]],
    ['STOPPING=1', [{ kind: 'stopping' }]],
    ['STATUS=loading: a=b', [{ kind: 'status', text: 'loading: a=b' }]],
    ['STATUS=', [{ kind: 'status', text: '' }]],
    ['MAINPID=4711', [{ kind: 'main', pid: 4711 }]],
    ['MAINPID=0', []],
    ['MAINPID=-1', []],
    ['MAINPID=99999999', []],
    ['EXTEND_TIMEOUT_USEC=1500', [{ kind: 'extend', ms: 2 }]],
    ['EXTEND_TIMEOUT_USEC=999999999999999', []],
    ['WATCHDOG=1', [{ kind: 'watchdog', sign: 'ping' }]],
    ['WATCHDOG=trigger', [{ kind: 'watchdog', sign: 'trigger' }]],
    ['WATCHDOG=2', []],
    ['WATCHDOG_USEC=2000000', [{ kind: 'watchdog', sign: 'period', ms: 2_000 }]],
    ['WATCHDOG_USEC=1e6', []],
    ['FDSTORE=1', []],
    ['=1', []],
    ['READY', []],
    ['', []],
  ])('%j', (text, statements) => {
    expect(statementsIn(text)).toEqual(statements);
  });

  test('can contain several statements, in order', () => {
    expect(statementsIn('READY=1\nX_OTHER=3\nSTATUS=up\nMAINPID=7\n').map(({ kind }) => kind)).toEqual([
      'ready',
      'status',
      'main',
    ]);
  });

  test('of any content yields only possible numbers', () => {
    const line = fc.tuple(fc.constantFrom('MAINPID', 'WATCHDOG_USEC', 'EXTEND_TIMEOUT_USEC'), fc.string());
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const statement of statementsIn(lines.map((parts) => parts.join('=')).join('\n'))) {
          const number = 'pid' in statement ? statement.pid : 'ms' in statement ? statement.ms : 1;
          expect(Number.isInteger(number) && number > 0 && number <= 86_400_000).toBe(true);
        }
      }),
    );
  });
});
