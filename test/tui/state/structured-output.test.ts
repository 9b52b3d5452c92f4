import { describe, expect, test } from 'vitest';
import { appendLog } from '../../../src/tui/state/append-log.ts';
import { countShown, emptyLog, type LogView, shownLines } from '../../../src/tui/state/log-view.ts';
import { logLine } from '../support/fake-world.ts';

const TEXTS = [
  '{"level":"info","msg":"request","path":"/a"}',
  'WARN slow disk',
  '{"level":50,"msg":"no route: level=debug","user":{"id":7}}',
  'plain text',
];

function logOf(texts: readonly string[], reading: Partial<LogView> = {}): LogView {
  const lines = texts.map((text) => logLine(text));
  return { ...appendLog(emptyLog(['web']), 'web', lines, 0), ...reading };
}

function shown(log: LogView): readonly string[] {
  return shownLines(log)
    .filter(({ mark }) => mark !== 'date')
    .map(({ text }) => text);
}

describe('the levels of a log', () => {
  test.each([
    [null, TEXTS],
    ['info', TEXTS.slice(0, 3)],
    ['warn', TEXTS.slice(1, 3)],
    ['error', TEXTS.slice(2, 3)],
  ] as const)('from %s on', (level, texts) => {
    expect(shown(logOf(TEXTS, { level }))).toEqual(texts);
    expect(countShown(logOf(TEXTS).lines, logOf(TEXTS, { level }))).toBe(texts.length);
  });

  test('hide where runs begin of which they show nothing in the log of several programs', () => {
    const started = (run: number) => ({ ...logLine(`run ${String(run)} started (pid 9)`), mark: 'started' }) as const;
    const empty = emptyLog(['web', 'api']);
    const web = appendLog(
      empty,
      'web',
      [started(1), logLine('plain'), started(2), logLine('ERROR bad'), started(3)],
      0,
    );
    const log = appendLog(web, 'api', [started(4), logLine('fine')], 0);
    expect(shown({ ...log, level: 'error' })).toEqual(['run 2 started (pid 9)', 'ERROR bad']);
    expect(shown(log)).toHaveLength(7);
  });

  test('hide no mark of a run in the log of one program', () => {
    const started = { ...logLine('run 2 started (pid 9)'), mark: 'started' } as const;
    const log = { ...appendLog(emptyLog(['web']), 'web', [started, logLine('plain')], 0), level: 'error' } as const;
    expect(shown(log)).toEqual(['run 2 started (pid 9)']);
  });
});

describe('JSON lines by fields', () => {
  test('show the level, the message and other fields; other lines stay', () => {
    expect(shown(logOf(TEXTS, { showsFields: true }))).toEqual([
      'INFO  request path=/a',
      'WARN slow disk',
      'ERROR no route: level=debug user.id=7',
      'plain text',
    ]);
  });

  test('keep their level', () => {
    expect(shown(logOf(TEXTS, { showsFields: true, level: 'error' }))).toEqual([
      'ERROR no route: level=debug user.id=7',
    ]);
  });

  test('are searched as they are shown', () => {
    expect(shown(logOf(TEXTS, { showsFields: true, matchesOnly: true, search: 'user.id=7' }))).toHaveLength(1);
  });

  test('contain no control sequences that JSON had escaped', () => {
    const text = JSON.stringify({ msg: '\x1b[2J\x1b]52;c;AAAA\x07a\x9b1mb\u202ec', 'k\x1b[1m': '\x1b[31m\r\0v' });
    const [line] = shownLines(logOf([text], { showsFields: true }));
    expect(line?.text).toBe('ab\ufffdc k="\\u001b[31m\\r\\u0000v"');
  });

  test('take colors from the level, and names are faint', () => {
    const [line] = shownLines(logOf(['{"level":"error","code":7}'], { showsFields: true }));
    expect(line?.text).toBe('ERROR code=7');
    expect(line?.changes.map(({ at, style }) => [at, style?.color ?? null, style?.isDim ?? false])).toEqual([
      [0, '31', false],
      [5, null, false],
      [6, null, true],
      [11, null, false],
    ]);
  });
});
