import { afterEach, beforeEach, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { Terminal } from '../support/terminal.ts';
import { CLI } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
let file: string;
beforeEach(() => {
  home = new HealerHome();
  file = home.write(
    'healer.yaml',
    `processes:
  web: { command: sh, args: ["-c", "echo hello; echo oops >&2; exec sleep 1000"] }
  api: { command: sh, args: ["-c", "printf '\\\\033[31mred\\\\033[0m\\\\n'; exec sleep 1001"] }
`,
  );
});
afterEach(() => home[Symbol.asyncDispose]());

function start(...args: string[]): { readonly printed: () => string; readonly child: ReturnType<HealerHome['spawn']> } {
  const child = home.spawn('up', '--foreground', ...args, '-f', file);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return { printed: () => printed, child };
}

test('an engine in the foreground prints what programs print, with their ids, also of those added later', async () => {
  const { printed } = start();
  await waitFor(() => /^web \| hello$/m.test(printed()) && /^web \| oops$/m.test(printed()), 'the output of web');
  // A pipe gets what was written, with its colors.
  await waitFor(() => printed().includes('api | \u001b[31mred\u001b[0m\n'), 'the output of api');
  expect(printed()).toMatch(/^\S+ started web \(pid \d+\): started with the engine$/m);
  await home.ok('add', 'late', '--', 'sh', '-c', 'echo later; exec sleep 1002');
  await waitFor(() => /^late \| later$/m.test(printed()), 'the output of a program that was added');
  expect(printed().match(/^web \| hello$/gm)).toHaveLength(1);
  await home.down();
});

test('each line is JSON on request, and output of earlier engines is not printed again', async () => {
  const first = start();
  await waitFor(() => first.printed().includes('web | hello'), 'the first engine to print');
  await home.down();
  const { printed } = start('--json');
  await waitFor(() => printed().includes('"text":"hello"'), 'the second engine to print');
  await home.state('api', 'running');
  const lines = printed()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const own = lines.filter(({ type, id }) => type === 'output' && id === 'web');
  expect(own.filter(({ text }) => text === 'hello')).toHaveLength(1);
  expect(own.find(({ text }) => text === 'oops')).toMatchObject({ stream: 'stderr', partial: false });
  expect(lines.find(({ type, kind }) => type === 'event' && kind === 'started')).toMatchObject({ process: 'web' });
  await home.down();
});

test('--no-output prints events only', async () => {
  const { printed } = start('--no-output');
  await home.state('web', 'running');
  await waitFor(() => printed().includes('running web'), 'the events to be printed');
  expect(printed()).not.toContain(' | ');
  await home.down();
});

test('a terminal shows ids in color, and no control sequences of programs', async () => {
  await using terminal = new Terminal([process.execPath, CLI, 'up', '--foreground', '-f', file], {
    env: home.env,
    columns: 200,
  });
  await terminal.waitFor('web | hello');
  await terminal.waitFor('api | red');
  await home.down();
});

test('a reader that stops reading holds up neither programs nor healing', async () => {
  home.write(
    'healer.yaml',
    'processes:\n  chatty: { command: sh, args: ["-c", "while :; do echo 0123456789012345678901234567890123456789; done"], logs: { maxSizeMb: 1 } }\n',
  );
  const { child } = start();
  await waitFor(() => home.state('chatty', 'running').catch(() => null), 'the program to run');
  child.stdout.pause();
  const size = async (): Promise<number> => (await home.ask((api) => api.logs({ id: 'chatty', tail: 1 }))).length;
  expect(await size()).toBe(1);
  const { pid } = await home.row('chatty');
  process.kill(pid ?? 0, 'SIGKILL');
  await waitFor(async () => {
    const row = await home.row('chatty');
    return row.pid !== null && row.pid !== pid;
  }, 'the program to be restarted');
  child.stdout.resume();
  await home.down();
});
