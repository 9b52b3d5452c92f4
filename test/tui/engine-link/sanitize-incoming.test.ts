import { describe, expect, test } from 'vitest';
import { HealerError } from '../../../src/protocol/errors.ts';
import type { ProcessDetails } from '../../../src/protocol/results/process-details.ts';
import { ask, onceAtATime } from '../../../src/tui/engine-link/ask.ts';
import {
  sanitizeAnomalies,
  sanitizeDetails,
  sanitizeError,
  sanitizeEvents,
  createOutputCleaner,
  sanitizeLines,
  sanitizeSnapshot,
  sanitizeZombies,
} from '../../../src/tui/engine-link/sanitize-incoming.ts';
import type { LogLine } from '../../../src/protocol/log-line.ts';
import { TUI_LIMITS } from '../../../src/tui/style/tui-limits.ts';
import { engineEvent, engineStatus, programDetails, programRow, snapshotMessage } from '../../support/program-row.ts';
import { logLine } from '../support/fake-world.ts';
import { anomaly, lastExit, zombie } from '../support/samples.ts';

/** Sets the title, clears the screen, and contains the mark of painted rows. */
const EVIL = 'a\x1b]0;owned\x07\x1b[2Jb\x9b31mc\ue000d';

/** Returns the texts of a value that contain characters a terminal would interpret. */
function unsafe(value: unknown): string[] {
  if (typeof value === 'string') {
    // eslint-disable-next-line no-control-regex -- control characters must be gone
    return /[\x00-\x1f\x7f-\x9f\ue000-\uf8ff]/.test(value) ? [value] : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(unsafe) : [];
}

describe('no escape sequence is left', () => {
  test('in a snapshot', () => {
    const status = engineStatus({ degraded: [EVIL] });
    const row = programRow({ name: EVIL, source: EVIL, why: EVIL, lastExit: lastExit({ reason: EVIL }) });
    const message = snapshotMessage({
      status: {
        ...status,
        host: { ...status.host, hostname: EVIL },
        alerts: { ...status.alerts, problem: EVIL },
      },
      rows: [row],
    });
    expect(unsafe(message)).toHaveLength(7);
    expect(unsafe(sanitizeSnapshot(message))).toEqual([]);
  });

  test('in events', () => {
    expect(unsafe(sanitizeEvents([engineEvent(1, { reason: EVIL })]))).toEqual([]);
  });

  test('in anomalies', () => {
    expect(unsafe(sanitizeAnomalies([anomaly(1, { evidence: EVIL })]))).toEqual([]);
  });

  test('in zombies', () => {
    const zombies = [zombie(9, { name: EVIL, parentName: EVIL, untouched: EVIL })];
    expect(unsafe(sanitizeZombies(zombies))).toEqual([]);
  });

  test('in details', () => {
    const details: ProcessDetails = {
      ...programDetails(programRow(), { command: 'x', args: ['y'], cwd: '/z' }),
      tree: [{ pid: 1, parentPid: 0, name: EVIL, memoryMb: 1 }],
      logPath: EVIL,
    };
    const spec = { ...details.spec, command: EVIL, args: [EVIL], cwd: EVIL };
    const health = { health: 'healthy', asked: EVIL, failures: 0, results: [{ answer: EVIL, latencyMs: 1 }] };
    const evil = { ...details, spec, health: health as unknown as NonNullable<ProcessDetails['health']> };
    expect(unsafe(evil)).toHaveLength(7);
    expect(unsafe(sanitizeDetails(evil))).toEqual([]);
  });

  test('in errors, which keep their code and data', () => {
    const error = sanitizeError(new HealerError('NOT_FOUND', EVIL, { id: 'x' }));
    expect(unsafe(error.message)).toEqual([]);
    expect(error).toMatchObject({ code: 'NOT_FOUND', data: { id: 'x' } });
  });

  test('in output, of which only colors are kept', () => {
    const [line] = sanitizeLines([logLine(`\x1b[32mgreen\x1b[0m ${EVIL}`)]);
    expect(unsafe(line?.text)).toEqual([]);
    expect(line?.text).toMatch(/^green ab/);
    expect(line?.changes.length).toBeGreaterThan(0);
  });
});

test('null texts stay null', () => {
  const details = programDetails(programRow());
  expect(sanitizeDetails(details)).toMatchObject({ health: null, spec: { cwd: null } });
  expect(sanitizeZombies([zombie(1)])[0]?.untouched).toBeNull();
  expect(sanitizeSnapshot(snapshotMessage({ rows: [programRow()] })).rows[0]?.lastExit).toBeNull();
});

test('a line of output is cut at its limit', () => {
  const [wide] = sanitizeLines([logLine('é'.repeat(TUI_LIMITS.logLineChars + 5))]);
  expect(wide?.text).toBe(`${'é'.repeat(TUI_LIMITS.logLineChars)} [5 more characters: see the log file]`);
  const [ascii] = sanitizeLines([logLine('x'.repeat(TUI_LIMITS.logAsciiLineChars + 5))]);
  expect(ascii?.text).toBe(`${'x'.repeat(TUI_LIMITS.logAsciiLineChars)} [5 more characters: see the log file]`);
});

test('the records of an unfinished line are joined', () => {
  const clean = createOutputCleaner();
  const record = (text: string, partial: boolean): LogLine => ({ ...logLine(text), partial });
  expect(clean([record('10%', true)])).toMatchObject({ continues: false, lines: [{ text: '10%' }] });
  expect(clean([record('\r20%', true)])).toMatchObject({ continues: true, lines: [{ text: '20%' }] });
  const rest = clean([record('\rdone', false), record('next', false)]);
  expect(rest).toMatchObject({ continues: true, lines: [{ text: 'done' }, { text: 'next' }] });
});

describe('requests', () => {
  test('pass on a result, and ignore an error', async () => {
    const taken: number[] = [];
    await ask(Promise.resolve(1), (result) => taken.push(result));
    await ask(Promise.reject<number>(new Error('lost')), (result) => taken.push(result));
    expect(taken).toEqual([1]);
  });

  test('are not started while the previous one is running', async () => {
    const ends: (() => void)[] = [];
    const read = onceAtATime(() => new Promise<void>((resolve) => ends.push(resolve)));
    read();
    read();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await new Promise(setImmediate);
    read();
    expect(ends).toHaveLength(2);
  });
});
