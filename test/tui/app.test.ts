import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { displayWidth } from '../../src/base/display-width.ts';
import { HealerError } from '../../src/protocol/errors.ts';
import type { ZombieCleanup, ZombieView } from '../../src/protocol/results/zombie-view.ts';
import type { FakeHandlers } from '../support/fake-engine.ts';
import { programRow } from '../support/program-row.ts';
import { KEYS, Terminal } from '../support/terminal.ts';
import { bundleTui, type BundledTui } from '../support/bundled-tui.ts';
import { waitFor } from '../support/wait-for.ts';
import { type FakeWorld, logLine, manyPrograms, startFakeWorld } from './support/fake-world.ts';

let bundle: BundledTui;

beforeAll(async () => {
  bundle = await bundleTui();
});

afterAll(() => bundle[Symbol.asyncDispose]());

interface ScreenSetting {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Opens a screen on a fake engine and waits until it is fully drawn. */
async function openScreen(
  world: FakeWorld | { readonly engine: { readonly socketPath: string } },
  { options = {}, ...setting }: ScreenSetting = {},
): Promise<Terminal> {
  const terminal = new Terminal(bundle.command({ socketPath: world.engine.socketPath, ...options }), setting);
  onTestFinished(() => terminal[Symbol.asyncDispose]());
  await terminal.waitFor((screen) => screen.includes(' quit') && !screen.includes('connecting ...'));
  return terminal;
}

async function worldOf(...given: Parameters<typeof startFakeWorld>): Promise<FakeWorld> {
  const world = await startFakeWorld(...given);
  onTestFinished(() => world[Symbol.asyncDispose]());
  return world;
}

function rowWith(terminal: Terminal, text: string): number {
  return terminal.lines().findIndex((line) => line.includes(text));
}

describe('the screen', () => {
  test.each([
    [80, 24],
    [60, 15],
    [40, 12],
    [200, 50],
  ])('at %ix%i shows header, table and keys, each line within the screen', async (columns, rows) => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(100) }), { columns, rows });
    const screen = await terminal.waitFor('svc-1 ');
    expect(terminal.altScreen).toBe(true);
    expect(screen).toContain('healer default @ build-7');
    expect(screen).toContain('● running');
    expect(terminal.lines()).toHaveLength(rows);
    expect(terminal.lines().at(-1)).toContain('q quit');
    for (const line of terminal.lines()) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });

  test.each([1, 1000])('takes %i programs', async (count) => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(count) }));
    await terminal.waitFor(`${count} program`);
    terminal.key('G');
    await terminal.waitFor(`svc-${count - 1} `);
  });

  test('below 40x10 shows the minimum size, and q still quits', async () => {
    const terminal = new Terminal(bundle.command({ socketPath: (await worldOf({ rows: [] })).engine.socketPath }), {
      columns: 30,
      rows: 8,
    });
    onTestFinished(() => terminal[Symbol.asyncDispose]());
    await terminal.waitFor('needs 40x10');
    terminal.key('q');
    expect((await terminal.exit).exitCode).toBe(0);
  });

  test('follows a resize', async () => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(100) }));
    terminal.resize(120, 40);
    await terminal.waitFor(() => terminal.lines()[39]?.includes('q quit') === true);
    await terminal.waitFor('CPU trend');
    terminal.resize(50, 12);
    await terminal.waitFor(() => terminal.lines()[11]?.includes('q quit') === true);
    expect(terminal.screen()).not.toContain('Limits');
  });

  test('is also drawn if CI is set', async () => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(3) }), { env: { CI: 'true' } });
    await terminal.waitFor('svc-1 ');
    terminal.resize(100, 30);
    await terminal.waitFor(() => terminal.lines()[29]?.includes('q quit') === true);
  });

  test('writes no color sequences if colors are off', async () => {
    const world = await worldOf({ rows: [...manyPrograms(3), programRow({ id: 'x', state: 'failed' })] });
    const terminal = await openScreen(world, { options: { color: 'none' }, env: { FORCE_COLOR: '3' } });
    await terminal.waitFor('failed');
    terminal.key('?');
    await terminal.waitFor('Keys in this view');
    // eslint-disable-next-line no-control-regex -- colors are control sequences
    expect(terminal.raw).not.toMatch(/\x1b\[(?:3|4|9|10)[0-9;]+m/);
  });

  test.each([
    ['the user asks for it', { options: { ascii: true } }],
    ['the locale does not use UTF-8', { env: { LANG: 'C' } }],
  ])('is plain ASCII when %s', async (_why, setting) => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(3) }), setting);
    await terminal.waitFor('* running');
    terminal.key('l');
    await terminal.waitFor('Last exit');
    terminal.key('?');
    await terminal.waitFor('Keys in this view');
    // eslint-disable-next-line no-control-regex -- the range of ASCII
    expect(terminal.raw).toMatch(/^[\x00-\x7f]*$/);
  });

  test('aligns columns next to wide characters', async () => {
    const rows = [programRow({ id: 'wide', name: '日本語-worker' }), programRow({ id: 'narrow' })];
    const terminal = await openScreen(await worldOf({ rows }));
    await terminal.waitFor('narrow');
    const statusAt = (text: string): number => {
      const line = terminal.lines()[rowWith(terminal, text)] ?? '';
      return displayWidth(line.slice(0, line.indexOf('●')));
    };
    expect(statusAt('日本語')).toBe(statusAt('narrow'));
  });

  test('passes no escape sequences from program names or output to the terminal', async () => {
    const evil = 'a\x1b]0;owned\x07\x1b[2Jb\x9b31mc\r\nd';
    const world = await worldOf({ rows: [programRow({ id: 'evil', name: evil })], log: [logLine(evil, 'stderr')] });
    const terminal = await openScreen(world);
    terminal.key('l');
    // The carriage return goes back to the start of the line, as on any terminal.
    await terminal.waitFor(/E +dc/);
    expect(terminal.raw).not.toContain('owned');
    expect(terminal.raw).not.toContain('\x9b');
  });
});

describe('keys', () => {
  test('r asks, y restarts, and the new pid, the result and the CLI command are shown', async () => {
    const world = await worldOf({ rows: [programRow({ id: 'api', pid: 4711 })] });
    const terminal = await openScreen(world, { columns: 100 });
    await terminal.waitFor('4711');
    terminal.key('r');
    await terminal.waitFor('Restart api (pid 4711)?');
    expect(world.asked('restart')).toEqual([]);
    terminal.key('y');
    await terminal.waitFor(/api +5711/);
    await terminal.waitFor(/Restart api: running, pid 5711.*healer restart api/);
    expect(world.asked('restart')).toEqual(['api']);
  });

  test('X asks for confirmation by name; Enter cancels, y kills', async () => {
    const world = await worldOf({ rows: [programRow({ id: 'api', pid: 4711 })] });
    const terminal = await openScreen(world);
    terminal.key('X');
    await terminal.waitFor('Kill api (pid 4711)?');
    terminal.key(KEYS.enter);
    await terminal.waitFor('canceled');
    expect(world.asked('kill')).toEqual([]);
    terminal.key('X');
    await terminal.waitFor('Kill api (pid 4711)?');
    terminal.key('y');
    await terminal.waitFor('backoff');
    expect(world.asked('kill')).toEqual(['api']);
  });

  test('an error of the engine is shown', async () => {
    const handlers = {
      start: () => {
        throw new Error('cannot start "api": it is disabled');
      },
    };
    const terminal = await openScreen(await worldOf({ rows: [programRow({ id: 'api' })], handlers }));
    terminal.key('s');
    await terminal.waitFor('it is disabled');
  });

  test('/ filters while typing; Escape shows all programs again', async () => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(30) }));
    terminal.key('/svc-2');
    await terminal.waitFor('11 of 30');
    expect(terminal.screen()).not.toContain('svc-3');
    terminal.key(KEYS.enter, KEYS.escape);
    await terminal.waitFor('svc-3 ');
  });

  test('several keys in one write are all handled', async () => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(30) }));
    terminal.key(`jj${KEYS.down}k`);
    await terminal.waitFor(() => terminal.cell(2, rowWith(terminal, 'svc-2 ')).isInverse);
  });

  test('l opens facts, charts and log; / searches the log', async () => {
    const log = [
      ...Array.from({ length: 50 }, (_, index) => logLine(`line ${index}`)),
      logLine('broken pipe', 'stderr'),
    ];
    const terminal = await openScreen(await worldOf({ rows: [programRow({ id: 'api' })], log }));
    terminal.key('l');
    await terminal.waitFor('E broken pipe');
    await terminal.waitFor(/PID +4711/);
    await terminal.waitFor(/Mem 48\.2 MB of 512 MB +[▁▂▃▄▅▆▇█]/);
    terminal.key('/line 7');
    await terminal.waitFor('search: line 7');
    terminal.key(KEYS.enter);
    await terminal.waitFor(/▌.*line 7/);
    terminal.key('f');
    await terminal.waitFor('E broken pipe');
  });

  test('4 shows the cooldown counting down, c resets it', async () => {
    const until = new Date(Date.now() + 90_000).toISOString();
    const row = programRow({ id: 'api', state: 'cooldown', pid: null, startedAt: null, cooldownUntil: until });
    const restarts = [{ at: new Date(Date.now() - 30_000).toISOString(), cause: 'crash' as const }];
    const view = { id: 'api', state: row.state, restarts, limit: 5, windowMs: 60_000, durationMs: 120_000, until };
    const world = await worldOf({ rows: [row], cooldowns: [view] });
    const terminal = await openScreen(world);
    terminal.key('4');
    await terminal.waitFor(/cooldown .* 1 of 5 .*█░* 8\d+s .*x/);
    const shown = /cooldown (\d+)s/.exec(terminal.screen())?.[1];
    await terminal.waitFor((screen) => Number(/cooldown (\d+)s/.exec(screen)?.[1]) < Number(shown));
    terminal.key('c');
    await terminal.waitFor('● running');
    expect(world.asked('cooldownReset')).toEqual(['api']);
  });

  test('5 shows events with their reasons', async () => {
    const terminal = await openScreen(await worldOf({ rows: [programRow({ id: 'api' })] }));
    terminal.key('5');
    await terminal.waitFor(/started +web +started at boot/);
  });

  test('2 shows anomalies with their full evidence', async () => {
    const found = {
      seq: 9,
      id: 'api',
      at: '2026-11-21T09:40:00.000Z',
      kind: 'memory-leak' as const,
      pid: 4711,
      evidence: 'its memory rose 4.1 MB a minute for 18 minutes',
      figures: { slopeMbPerMinute: 4.1 },
      action: 'restart',
    };
    const terminal = await openScreen(await worldOf({ rows: [programRow({ id: 'api' })], anomalies: [found] }));
    terminal.key('2');
    await terminal.waitFor(/memory-leak +api +restart +its memory rose/);
    await terminal.waitFor('slopeMbPerMinute=4.1');
    terminal.key(KEYS.enter);
    await terminal.waitFor('Last exit');
  });

  test('3 lists zombies and cleans them up, or shows that the engine does not list them', async () => {
    const zombie = {
      pid: 999,
      name: 'sleep',
      parentPid: 4711,
      parentName: 'api',
      ageMs: 61_000,
      program: 'api',
      untouched: null,
    };
    const zombies = (): readonly ZombieView[] => [zombie];
    const cleanZombies = (): ZombieCleanup => ({ cleaned: [zombie], left: [], restarting: [] });
    const rows = [programRow({ id: 'api' })];
    const terminal = await openScreen(await worldOf({ rows, handlers: { zombies, cleanZombies } }));
    terminal.key('3');
    await terminal.waitFor(/999 sleep +1m +4711 api +api/);
    terminal.key('c');
    await terminal.waitFor(/Clean up 1 zombie\?[^]*api \(4711\)/);
    terminal.key('y');
    await terminal.waitFor('1 reaped; none left');
    await terminal.waitFor('no zombies on this machine');

    const other = await openScreen(await worldOf({ rows }));
    other.key('3');
    await other.waitFor('this engine does not list zombies');
  });

  test('a adds a program; a problem that the engine reports is shown at its field', async () => {
    const definitions: unknown[] = [];
    const handlers: FakeHandlers = {
      add: ({ definition }) => {
        definitions.push(definition);
        if (definitions.length > 1) {
          return { id: 'web', added: ['web'], removed: [], restarted: [], changed: [], applied: true };
        }
        const issues = [{ path: 'definition.limits.cpuPercent', message: 'must be greater than 0' }];
        throw new HealerError('INVALID_CONFIG', 'invalid parameters of "add"', { issues });
      },
    };
    const terminal = await openScreen(await worldOf({ rows: [], handlers }), { columns: 100 });
    await terminal.waitFor('press a to add one');
    terminal.key('a');
    await terminal.waitFor(/CPU limit/);
    terminal.key('web', KEYS.tab, '\x1b[200~node server.js\x1b[201~', KEYS.tab, KEYS.tab, '0');
    await terminal.waitFor(/CPU limit +\[0/);
    // Enter among other keys that arrive at once would not apply the form.
    terminal.key(KEYS.enter);
    await terminal.waitFor(/CPU limit +\[0 +\] % of one core[ │]*\n[ │]+must be greater than 0/);
    terminal.key(KEYS.backspace, '50');
    await terminal.waitFor(/CPU limit +\[50/);
    terminal.key(KEYS.enter);
    await terminal.waitFor(/added web.*healer add --cpu 50 web -- node server\.js/);
    expect(definitions[1]).toMatchObject({
      id: 'web',
      command: 'node',
      args: ['server.js'],
      limits: { cpuPercent: 50 },
    });
  });

  test(': completes and runs commands', async () => {
    const world = await worldOf({ rows: [programRow({ id: 'api' }), programRow({ id: 'web' })] });
    const terminal = await openScreen(world);
    terminal.key(':rest');
    await terminal.waitFor(/restart +restart programs/);
    terminal.key(KEYS.tab, 'w', KEYS.tab);
    await terminal.waitFor(':restart web');
    terminal.key(KEYS.enter);
    await terminal.waitFor('Restart web: running');
    expect(world.asked('restart')).toEqual(['web']);
  });

  test('R restarts programs one by one, and stops if one does not come back up', async () => {
    const rows = ['a', 'b', 'c'].map((id) => programRow({ id, pid: 4711 }));
    const handlers: FakeHandlers = {
      restart: ({ id }) => {
        const state = id === 'b' ? 'backoff' : 'running';
        const row = programRow({ id, state, pid: state === 'running' ? 5000 : null });
        world.push(row);
        return { id, state, pid: row.pid, forced: false, tookMs: 5 };
      },
    };
    const world = await worldOf({ rows, handlers });
    const terminal = await openScreen(world, { columns: 120 });
    await terminal.waitFor('4711');
    terminal.key('*');
    await terminal.waitFor('3 marked');
    terminal.key('R');
    await terminal.waitFor(/these 3 programs\?[^]*a, b, c/);
    terminal.key('y');
    await terminal.waitFor('1 of 3 failed: skipped because "b" did not come back up');
    expect(world.asked('restart')).toEqual(['a', 'b']);
  });

  test('y copies through the terminal', async () => {
    const terminal = await openScreen(await worldOf({ rows: [programRow({ id: 'api' })] }));
    await terminal.waitFor('api');
    terminal.key('y');
    await terminal.waitFor('clipboard: "api"');
    expect(terminal.raw).toContain(`\x1b]52;c;${Buffer.from('api').toString('base64')}\x07`);
  });

  test('E hands the terminal to the pager and takes it back', async () => {
    const terminal = await openScreen(await worldOf({ rows: [programRow({ id: 'api' })] }), {
      env: { PAGER: 'sh -c \'echo "paging $1"; read -r answer\' sh' },
    });
    await terminal.waitFor('4711');
    terminal.key('E');
    await terminal.waitFor(() => !terminal.altScreen && terminal.screen().includes('paging /var/log/api/current.log'));
    terminal.key(KEYS.ctrlC);
    await terminal.waitFor(() => terminal.altScreen && terminal.screen().includes('4711'));
  });

  test('Ctrl-C in the pager does not quit the screen, even if it arrives after the pager has exited', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'healer-tui-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const sent = join(folder, 'sent');
    const terminal = await openScreen(await worldOf({ rows: [programRow({ id: 'api' })] }), {
      env: { PAGER: `(sleep 0.1; kill -INT $PPID; : >'${sent}') & true` },
    });
    await terminal.waitFor('4711');
    terminal.key('E');
    await waitFor(() => existsSync(sent), 'the late signal');
    terminal.key('?');
    await terminal.waitFor('Keys in this view');
  });

  test('the mouse selects and opens, m turns it off', async () => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(5) }));
    await terminal.waitFor('svc-2 ');
    expect(terminal.raw).toContain('\x1b[?1000h');
    const row = rowWith(terminal, 'svc-2 ') + 1;
    terminal.key(`\x1b[<0;5;${row}M`, `\x1b[<0;5;${row}m`);
    await terminal.waitFor(() => terminal.cell(2, row - 1).isInverse);
    terminal.key(`\x1b[<0;5;${row}M`);
    await terminal.waitFor('first line of svc-2');
    terminal.key('m');
    await terminal.waitFor('the mouse selects text');
    expect(terminal.raw).toContain('\x1b[?1000l');
  });

  test('the output of marked programs is shown together, each line with its program', async () => {
    const rows = [programRow({ id: 'api' }), programRow({ id: 'web' }), programRow({ id: 'db' })];
    const terminal = await openScreen(await worldOf({ rows }));
    await terminal.waitFor('api');
    terminal.key(' ', ' ', 'l');
    await terminal.waitFor(/Log following.* 1 api ● +2 web ●/);
    await terminal.waitFor(/▎api +\d\d:\d\d:\d\d +first line of api *\n ▎web +\d\d:\d\d:\d\d +first line of web/);
  });

  test('t shows the processes of a program, z shows only its log', async () => {
    const terminal = await openScreen(await worldOf({ rows: [programRow({ id: 'api' })] }), { columns: 120, rows: 40 });
    await terminal.waitFor('api');
    terminal.key('t');
    await terminal.waitFor(/4711 +40\.0 MB +node *\n +4712 +8\.2 MB +└ worker/);
    expect(terminal.screen()).toContain('node server.js');
    terminal.key('z');
    await terminal.waitFor((screen) => !screen.includes('└ worker') && screen.includes('first line of api'));
  });

  test('keeps the colors of output, as far as the screen has colors', async () => {
    const log = [logLine('\x1b[32mgreen\x1b[0m \x1b[44mplain')];
    const terminal = await openScreen(await worldOf({ rows: [programRow({ id: 'api' })], log }));
    await terminal.waitFor('api');
    terminal.key('l');
    await terminal.waitFor('green plain');
    const row = rowWith(terminal, 'green plain');
    const column = terminal.lines()[row]?.indexOf('green') ?? 0;
    expect(terminal.cell(column, row).color).toBe(2);
    expect(terminal.cell(column + 6, row).color).toBeNull();
    expect(terminal.raw).not.toContain('\x1b[44m');
  });

  test('for a screen reader, changes are written as lines, and the same keys work', async () => {
    const world = await worldOf({ rows: [programRow({ id: 'api' }), programRow({ id: 'web' })] });
    const command = bundle.command({ socketPath: world.engine.socketPath, screenReader: true });
    const terminal = new Terminal(command, { columns: 120 });
    onTestFinished(() => terminal[Symbol.asyncDispose]());
    await terminal.waitFor(/Connected: 2 programs\.[^]*api, running, 0 restarts, started, 1 of 2/);
    expect(terminal.altScreen).toBe(false);
    terminal.key('j');
    await terminal.waitFor('web, running, 0 restarts, started, 2 of 2');
    terminal.key('X');
    await terminal.waitFor('Kill web? y for yes, n for no.');
    terminal.key('y');
    await terminal.waitFor('web, backoff');
    expect(world.asked('kill')).toEqual(['web']);
    terminal.key('q');
    expect((await terminal.exit).exitCode).toBe(0);
  });

  test('a read-only screen changes nothing', async () => {
    const world = await worldOf({ rows: [programRow({ id: 'api' })] });
    const terminal = await openScreen(world, { options: { readOnly: true } });
    terminal.key('r');
    await terminal.waitFor('read-only;');
    expect(world.asked('restart')).toEqual([]);
  });
});

describe('the engine', () => {
  test('if it is not running, the screen shows that, and why it could not be started', async () => {
    const terminal = await openScreen({ engine: { socketPath: '/nonexistent/healer.sock' } });
    await terminal.waitFor('press u to start it');
    terminal.key('u');
    await terminal.waitFor('the engine could not be started: there is no engine in this test');
  });

  test('if it speaks another protocol, the reason and a solution are shown instead of an offer to start it', async () => {
    const handlers = { hello: () => ({ protocol: 99, version: '9.0.0', instance: 'default', pid: 2 ** 22 + 1 }) };
    const terminal = await openScreen(await worldOf({ rows: [], handlers }), { columns: 160 });
    await terminal.waitFor('uses protocol 99');
    expect(terminal.screen()).not.toContain('press u');
  });

  test('if it disconnects and comes back, the screen is marked as stale until then', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'healer-tui-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const socketPath = join(folder, 'default.sock');
    const world = await startFakeWorld({ rows: [programRow({ id: 'api', pid: 4711 })], socketPath });
    const terminal = await openScreen(world);
    await terminal.waitFor('4711');
    await world[Symbol.asyncDispose]();
    await terminal.waitFor('STALE since');
    expect(terminal.screen()).toContain('4711');
    await worldOf({ rows: [programRow({ id: 'api', pid: 8888 })], socketPath });
    await terminal.waitFor('8888');
    expect(terminal.screen()).not.toContain('STALE');
  });
});

describe('the terminal is restored', () => {
  async function expectRestored(terminal: Terminal, exitCode: number): Promise<void> {
    expect((await terminal.exit).exitCode).toBe(exitCode);
    await terminal.waitFor(() => !terminal.altScreen);
    expect(terminal.cursorShown).toBe(true);
  }

  test('after q', async () => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(3) }));
    terminal.key('q');
    await expectRestored(terminal, 0);
  });

  test('after Ctrl-C, even in a dialog', async () => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(3) }));
    terminal.key('X');
    await terminal.waitFor('Kill svc-0');
    terminal.key(KEYS.ctrlC);
    await expectRestored(terminal, 130);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ])('after %s', async (signal, exitCode) => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(3) }));
    terminal.signal(signal);
    await expectRestored(terminal, exitCode);
  });

  test('after an error, which is printed below', async () => {
    const broken = programRow({ id: 'broken' });
    const world = await worldOf({ rows: [broken] });
    const terminal = await openScreen(world);
    world.push({ ...broken, memoryMb: 'much' as never });
    await expectRestored(terminal, 70);
    await terminal.waitFor('the terminal UI failed');
  });

  test('after an error while React renders', async () => {
    const world = await worldOf({ rows: [programRow({ id: 'broken', lastExit: { reason: 5 } as never })] });
    // The facts of a program show the last exit; the table does not.
    const terminal = await openScreen(world);
    terminal.key('l');
    await expectRestored(terminal, 70);
    await terminal.waitFor('the terminal UI failed');
  });

  test('with echo and line mode back on', async () => {
    const world = await worldOf({ rows: manyPrograms(3) });
    const [node = '', ...args] = bundle.command({ socketPath: world.engine.socketPath });
    const script = '"$@"; stty -a | tr ";" "\\n" | grep -ow -e "-\\?icanon" -e "-\\?echo" | tr "\\n" " "; echo done';
    const terminal = new Terminal(['/bin/sh', '-c', script, 'sh', node, ...args]);
    onTestFinished(() => terminal[Symbol.asyncDispose]());
    await terminal.waitFor(' quit');
    terminal.key('q');
    await terminal.waitFor('done');
    expect(terminal.screen()).toContain('icanon echo done');
  });

  test('on Ctrl-Z, and fg redraws the screen', async () => {
    const world = await worldOf({ rows: manyPrograms(3) });
    const command = bundle.command({ socketPath: world.engine.socketPath }).map((part) => `'${part}'`);
    const terminal = new Terminal(['/bin/bash', '--norc', '--noprofile', '-i'], { env: { PS1: 'shell> ' } });
    onTestFinished(() => terminal[Symbol.asyncDispose]());
    await terminal.waitFor('shell>');
    terminal.key(`${command.join(' ')}\r`);
    await terminal.waitFor(' quit');
    terminal.key(KEYS.ctrlZ);
    await terminal.waitFor((screen) => !terminal.altScreen && screen.includes('Stopped'));
    terminal.key('fg\r');
    await terminal.waitFor((screen) => terminal.altScreen && screen.includes('svc-1 '));
    terminal.key('j');
    await terminal.waitFor(() => terminal.cell(2, rowWith(terminal, 'svc-1 ')).isInverse);
    terminal.key('q');
    await terminal.waitFor(() => !terminal.altScreen);
  });

  test('and no process remains when the terminal is closed', async () => {
    const terminal = await openScreen(await worldOf({ rows: manyPrograms(3) }));
    const { pid } = terminal;
    terminal.hangUp();
    await waitFor(() => !isAlive(pid), `process ${pid} to exit`);
  });
});

test('a terminal that stops reading blocks nothing and gets the newest frame later', async () => {
  // Restarting a failed program needs no confirmation, which could not be read.
  const rows = manyPrograms(100).map((row, index) => (index === 0 ? { ...row, state: 'failed' as const } : row));
  const world = await worldOf({ rows });
  const terminal = await openScreen(world, { columns: 200, rows: 50 });
  await terminal.waitFor('svc-1 ');
  terminal.pauseReading();
  for (let round = 0; round < 40; round += 1) {
    world.push(...rows.map((row) => ({ ...row, pid: 100_000 + round })));
  }
  // Keys still work: an operation reaches the engine although the frames are not read.
  terminal.key('r');
  await waitFor(() => world.asked('restart').length > 0, 'the restart to reach the engine');
  terminal.resumeReading();
  await terminal.waitFor('100039');
});

test('a terminal that stops reading does not make the screen grow or keep it from exiting', async () => {
  // Restarting a failed program needs no confirmation, which could not be read.
  const rows = manyPrograms(100).map((row, index) => (index === 0 ? { ...row, state: 'failed' as const } : row));
  const world = await worldOf({ rows });
  const terminal = await openScreen(world, { columns: 200, rows: 50 });
  await terminal.waitFor('svc-1 ');
  terminal.pauseReading();
  const startMb = memoryMbOf(terminal.pid);
  for (let round = 0; round < 200; round += 1) {
    world.push(...rows.map((row) => ({ ...row, pid: 100_000 + round })));
  }
  terminal.key('r');
  await waitFor(() => world.asked('restart').length > 0, 'the restart to reach the engine');
  expect(memoryMbOf(terminal.pid) - startMb).toBeLessThan(64);
  terminal.signal('SIGTERM');
  await waitFor(() => !isAlive(terminal.pid), 'the screen to exit');
});

function memoryMbOf(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) / 1024;
}
