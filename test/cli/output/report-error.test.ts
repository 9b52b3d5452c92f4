import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exitCodeOf, reportError } from '../../../src/cli/output/report-error.ts';
import { ERROR_CATALOG, type ErrorCode, HealerError } from '../../../src/protocol/errors.ts';

let out: string;
let err: string;
beforeEach(() => {
  [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('an exit code', () => {
  const SPECIAL: Partial<Record<ErrorCode, number>> = { ENGINE_NOT_RUNNING: 3, INVALID_CONFIG: 2 };
  test.each(Object.keys(ERROR_CATALOG) as ErrorCode[])('of %s is documented', (code) => {
    expect(exitCodeOf(code)).toBe(SPECIAL[code] ?? 1);
  });
});

describe('an error', () => {
  test.each<[what: string, error: unknown, command: string | undefined, code: number, message: string]>([
    ['of healer', new HealerError('TIMEOUT', 'cannot stop "web"'), 'stop', 1, 'cannot stop "web"'],
    ['of anything else', new Error('unexpected'), undefined, 1, 'unexpected'],
    ['that is not an Error', 'a text', undefined, 1, 'a text'],
    [
      'of commander',
      new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'\n(Did you mean --y?)"),
      'ls',
      2,
      'unknown option \'--x\' (Did you mean --y?) — see "healer ls --help"',
    ],
    [
      'of commander without a command',
      new CommanderError(1, 'commander.unknownCommand', "error: unknown command 'statsu'."),
      undefined,
      2,
      'unknown command \'statsu\' — see "healer --help"',
    ],
    ['of a missing command', new CommanderError(1, 'commander.help', '(outputHelp)'), undefined, 2, 'no command given'],
    ['with control characters', new HealerError('IO_ERROR', 'bad\x1b[2J file'), 'up', 1, 'bad file'],
  ])('%s is one sentence on stderr', (_what, error, command, code, message) => {
    expect(reportError(error, { json: false, command })).toBe(code);
    expect(err.replace(/ {2,}/g, ' ')).toBe(`healer: ${message}\n`);
    expect(out).toBe('');
  });

  test('is also printed as JSON on request', () => {
    reportError(new HealerError('PROCESS_NOT_FOUND', 'no such program', { id: 'web' }), { json: true });
    expect(JSON.parse(out)).toEqual({
      error: { code: 'PROCESS_NOT_FOUND', message: 'no such program', data: { id: 'web' } },
    });
    expect(err).toBe('healer: no such program\n');
  });
});
