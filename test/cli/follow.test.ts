import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HealerError } from '../../src/protocol/errors.ts';
import type { LogLine } from '../../src/protocol/log-line.ts';
import type { FakeHandlers } from '../support/fake-engine.ts';
import { engineEvent, programRow, snapshotMessage } from '../support/program-row.ts';
import { type CliHome, createCliHome, finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

function line(text: string, changes: Partial<LogLine> = {}): LogLine {
  return { time: null, stream: 'stdout', text, partial: false, ...changes };
}

function at(second: number): string {
  return `2026-11-21T09:34:${String(second).padStart(2, '0')}.000Z`;
}

/** Starts a command that follows, and collects its output for the test. */
function startFollowing(args: readonly string[]) {
  const child = home.spawn(args);
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  const result = finished(child);
  return { child, printed, result };
}

const CURSOR = 'a.b:0:1';

describe('logs', () => {
  test('prints the last lines of a program, to a pipe as it wrote them', async () => {
    const engine = await home.startEngine({
      logs: () => [line('hello \x1b[2J\tworld'), line('oops', { stream: 'stderr' })],
    });
    const { code, stdout } = await home.run(['logs', 'web', '-n', '7']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hello \x1b[2J\tworld\noops\n' });
    const colored = await home.run(['logs', 'web', '-n', '7', '--color', 'always']);
    expect(colored.stdout).toBe('hello   world\n\x1b[31moops\x1b[39m\n');
    expect(engine.calls.at(-1)).toEqual({ method: 'logs', params: { id: 'web', tail: 7 } });
  });

  test('joins the records of a long line', async () => {
    await home.startEngine({
      logs: () => [
        line('one ', { partial: true }),
        line('error', { stream: 'stderr' }),
        line('two ', { partial: true }),
        line('three'),
      ],
    });
    expect((await home.run(['logs', 'web'])).stdout).toBe('error\none two three\n');
  });

  test('filters by text and stream before it counts lines', async () => {
    const lines = Array.from({ length: 30 }, (_, index) =>
      line(`line ${index}`, { stream: index % 2 === 0 ? 'stdout' : 'stderr' }),
    );
    await home.startEngine({ logs: ({ tail = 100 }) => lines.slice(-tail) });
    const { stdout } = await home.run(['logs', 'web', '-n', '2', '--grep', 'line 1\\d', '--stream', 'stderr']);
    expect(stdout).toBe('line 17\nline 19\n');
  });

  test('prints times on request, and all fields as JSON', async () => {
    await home.startEngine({ logs: () => [line('hello', { time: at(1) })] });
    expect((await home.run(['logs', 'web', '--timestamps'], { env: { TZ: 'UTC' } })).stdout).toBe(
      '2026-11-21T09:34:01.000Z hello\n',
    );
    expect(JSON.parse((await home.run(['logs', 'web', '--json'])).stdout)).toEqual({
      ...{ id: 'web', time: at(1), stream: 'stdout', text: 'hello' },
    });
  });

  test('prints one run, and shows the run of each line as JSON', async () => {
    const engine = await home.startEngine({
      logs: () => [line('run 3 started (pid 4711)', { mark: 'started', run: 3 }), line('hello', { run: 3 })],
    });
    expect((await home.run(['logs', 'web', '--run', '-1'])).stdout).toBe('hello\n');
    expect(engine.calls.at(-1)?.params).toEqual({ id: 'web', tail: 100_000, run: -1 });
    expect((await home.run(['logs', 'web', '--run', '3', '--json'])).stdout).toBe(
      '{"id":"web","time":null,"stream":"stdout","text":"hello","run":3}\n',
    );
  });

  test('shows the log of an engine of an earlier version, which knows no runs', async () => {
    const old = new HealerError('INVALID_CONFIG', 'invalid parameters for "logs": Unrecognized key: "marks"');
    await home.startEngine({
      logs: ({ marks }) => {
        if (marks !== undefined) throw old;
        return [line('hello')];
      },
      subscribeLog: ({ marks }) => {
        if (marks !== undefined) throw old;
        return [{ lines: [line('hello')], skipped: 0, cursor: CURSOR }];
      },
    });
    expect((await home.run(['logs', 'web', '--json'])).stdout).toContain('"text":"hello"}');
    const { child, printed, result } = startFollowing(['logs', 'web', '-f', '--json']);
    await waitFor(() => printed.out.includes('hello'), 'the line');
    child.kill('SIGINT');
    await result;
  });

  test('merges the logs of all programs by time, each line with its id', async () => {
    const logs: FakeHandlers['logs'] = ({ id }) =>
      id === 'db' ? [line('d1', { time: at(1) }), line('d3', { time: at(3) })] : [line('w2', { time: at(2) })];
    await home.startEngine({ list: () => [programRow({ id: 'db' }), programRow({ id: 'worker' })], logs });
    expect((await home.run(['logs'])).stdout).toBe('db     | d1\nworker | w2\ndb     | d3\n');
    expect((await home.run(['logs', '-n', '1'])).stdout).toBe('db     | d3\n');
  });

  test('suggests a similar id for an unknown program', async () => {
    const refuse = () => {
      throw new HealerError('PROCESS_NOT_FOUND', 'no program has the id "wbe"');
    };
    await home.startEngine({ list: () => [programRow()], logs: refuse, subscribeLog: refuse });
    for (const args of [
      ['logs', 'wbe'],
      ['logs', 'wbe', '-f'],
    ]) {
      const { code, stderr } = await home.run(args);
      expect(code).toBe(1);
      expect(stderr).toContain('did you mean "web"?');
    }
  });

  test('exits with 0 and without an error when its reader closes the pipe', async () => {
    await home.startEngine({ logs: () => Array.from({ length: 5000 }, () => line('x'.repeat(100))) });
    const child = home.spawn(['logs', 'web', '-n', '5000']);
    const result = finished(child);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await result).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('logs -f', () => {
  test('prints the tail, then new lines, even when the engine restarts', async () => {
    const engine = await home.startEngine({
      subscribeLog: () => [{ lines: [line('tail')], skipped: 0, cursor: CURSOR }],
    });
    const { child, printed, result } = startFollowing(['logs', 'web', '-f', '-n', '5']);
    await waitFor(() => printed.out === 'tail\n', 'the tail');
    engine.pushLog({ lines: [line('live')], skipped: 0, cursor: CURSOR });
    await waitFor(() => printed.out === 'tail\nlive\n', 'the live line');

    await engine.close();
    await waitFor(
      () => printed.err.includes('lost the connection to the engine'),
      'the message about the lost connection',
    );
    const next = await home.startEngine();
    await waitFor(() => next.calls.some(({ method }) => method === 'subscribeLog'), 'the stream to resume');
    next.pushLog({ lines: [line('again')], skipped: 0, cursor: CURSOR });
    await waitFor(() => printed.out.endsWith('again\n'), 'the line after the restart');

    expect(printed.err).toContain('connected to the engine again');
    expect(next.calls.find(({ method }) => method === 'subscribeLog')?.params).toMatchObject({ after: CURSOR });
    child.kill('SIGINT');
    expect(await result).toMatchObject({ code: 130, stdout: 'tail\nlive\nagain\n' });
  });

  test('follows one run, whose number stays the same when the program is restarted', async () => {
    const details = { latestRun: 8 } as unknown;
    const engine = await home.startEngine({
      describe: () => details,
      subscribeLog: () => [{ lines: [line('of 7', { run: 7 })], skipped: 0, cursor: CURSOR }],
    });
    const { child, printed, result } = startFollowing(['logs', 'web', '-f', '-n', '5', '--run', '-1']);
    await waitFor(() => printed.out === 'of 7\n', 'the line');
    expect(engine.calls.at(-1)).toMatchObject({ method: 'subscribeLog', params: { id: 'web', run: 7, tail: 5 } });
    child.kill('SIGINT');
    await result;
  });

  test('prints the tails of all programs ordered by time, and includes new programs', async () => {
    const tails: Record<string, LogLine[]> = {
      a: [line('a1', { time: at(1) }), line('a3', { time: at(3) })],
      b: [line('b2', { time: at(2) })],
      c: [line('c4', { time: at(4) })],
    };
    const engine = await home.startEngine({
      list: () => [programRow({ id: 'a' }), programRow({ id: 'b' })],
      events: () => [],
      subscribeLog: ({ id }) => [{ lines: tails[id] ?? [], skipped: 0, cursor: CURSOR }],
    });
    const { child, printed, result } = startFollowing(['logs', '-f']);
    await waitFor(() => printed.out === 'a    | a1\nb    | b2\na    | a3\n', 'the merged tails');
    await waitFor(
      () => engine.calls.some(({ method }) => method === 'subscribeEvents'),
      'the command to watch for new programs',
    );
    engine.pushEvents({ events: [engineEvent(1, { kind: 'added', process: 'c' })], missed: 0 });
    await waitFor(() => printed.out.endsWith('c    | c4\n'), 'the log of the new program');
    child.kill('SIGINT');
    await result;
  });

  test('exits without an error when its reader is gone', async () => {
    const engine = await home.startEngine({
      subscribeLog: () => [{ lines: [line('tail')], skipped: 0, cursor: CURSOR }],
    });
    const { child, result } = startFollowing(['logs', 'web', '-f']);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const timer = setInterval(() => engine.pushLog({ lines: [line('more')], skipped: 0, cursor: CURSOR }), 20);
    expect(await result).toMatchObject({ code: 0, stderr: '' });
    clearInterval(timer);
  });
});

describe('events -f', () => {
  test('continues after a restart without missing or repeating an event, one JSON object per line', async () => {
    const history = [engineEvent(1), engineEvent(2)];
    const handlers: FakeHandlers = {
      events: ({ limit = 100 }) => history.slice(-limit),
      subscribeEvents: ({ afterSeq = 0 }) => [{ events: history.filter(({ seq }) => seq > afterSeq), missed: 0 }],
    };
    const engine = await home.startEngine(handlers);
    const { child, printed, result } = startFollowing(['events', '-f', '--json', '-n', '1']);
    const seen = () =>
      printed.out
        .split('\n')
        .filter((text) => text !== '')
        .map((text) => (JSON.parse(text) as { seq: number }).seq);
    await waitFor(() => engine.calls.some(({ method }) => method === 'subscribeEvents'), 'the stream');
    engine.pushEvents({ events: [engineEvent(3)], missed: 0 });
    history.push(engineEvent(3));
    await waitFor(() => seen().length === 2, 'the live event');

    await engine.close();
    history.push(engineEvent(4));
    await home.startEngine(handlers);
    await waitFor(() => seen().includes(4), 'the event during the restart');

    child.kill('SIGINT');
    expect((await result).code).toBe(130);
    expect(seen()).toEqual([2, 3, 4]);
  });
});

describe('ls --watch', () => {
  test('prints the table again for each snapshot, until Ctrl-C', async () => {
    const engine = await home.startEngine({
      subscribeSnapshot: () => [snapshotMessage({ rows: [programRow({ id: 'web' })] })],
    });
    const { child, printed, result } = startFollowing(['ls', '--watch', '--interval', '200ms']);
    await waitFor(() => printed.out.includes('web'), 'the first table');
    engine.pushSnapshot(snapshotMessage({ full: false, rows: [programRow({ id: 'api', state: 'failed' })] }));
    await waitFor(() => /api +failed[^]*web +running/.test(printed.out), 'the second table');
    child.kill('SIGINT');
    expect((await result).code).toBe(130);
    expect(engine.calls.at(-1)).toMatchObject({ method: 'subscribeSnapshot', params: { intervalMs: 200 } });
  });

  test('with --json, prints all programs on one line each time', async () => {
    await home.startEngine({ subscribeSnapshot: () => [snapshotMessage({ rows: [programRow({ id: 'web' })] })] });
    const { child, printed, result } = startFollowing(['ls', '--watch', '--json']);
    await waitFor(() => printed.out.endsWith('\n'), 'a line');
    expect(JSON.parse(printed.out)).toMatchObject([{ id: 'web', state: 'running' }]);
    child.kill('SIGINT');
    await result;
  });

  test('refuses an interval outside the limits', async () => {
    const { code, stderr } = await home.run(['ls', '--watch', '--interval', '1ms']);
    expect(code).toBe(2);
    expect(stderr).toContain('--interval must be from 100ms to 1m');
  });
});
