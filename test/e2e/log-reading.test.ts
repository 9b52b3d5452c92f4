import { spawn } from 'node:child_process';
import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${String(from + index)}`);

/** Starts a command of this home with pipes. */
function start(home: HealerHome, ...args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: home.folder, env: home.env });
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  return { child, printed, result: finished(child) };
}

test('a log of several files is read to its beginning, and every search says how far it went', async () => {
  await using home = new HealerHome();
  await home.up(
    "many - - -- sh -c \"echo BEGIN here; seq -f 'line %.0f' 1 150000; head -c 12000000 /dev/zero | tr '\\\\0' x | fold -w 200; echo; echo END; sleep 100000\"",
  );
  const lines = 1 + 150_000 + 60_000 + 1;
  await waitFor(async () => (await home.run('logs', 'many', '-n', '1')).stdout === 'END\n', 'the last line');

  const many = await home.run('logs', 'many', '-n', String(lines + 1000));
  expect(many.stdout.split('\n').length - 1).toBeGreaterThanOrEqual(lines);
  expect(many.stdout.startsWith(`BEGIN here\nline 1\nline 2\n`)).toBe(true);
  expect(many.stderr).toContain('has only 210,00');

  const found = await home.run('logs', 'many', '--grep', 'BEGIN', '-A', '2');
  expect(found.stdout).toBe('BEGIN here\nline 1\nline 2\n');
  const none = await home.run('logs', 'many', '--grep', 'NOWHERE');
  expect(none.stdout).toBe('');
  expect(none.stderr).toMatch(/no match in all 210,00\d lines of "many"/);
  const some = await home.run('logs', 'many', '-n', '3', '--grep', '^line');
  expect(some.stdout).toBe(`${numbers(149_998, 150_000).join('\n')}\n`);
  expect(some.stderr).toMatch(/stopped after 3 matches in the last 60,00\d lines/);
  await home.down();
});

test('following ends when the program is removed, and continues in a truncated file', async () => {
  await using home = new HealerHome();
  await home.up('other - - -- sleep 100000');
  await home.ok('add', 'web', '--', 'sh', '-c', 'echo one; sleep 100000');
  const { printed, result } = start(home, 'logs', 'web', '-f');
  await waitFor(() => printed.out.includes('one'), 'the first line');
  truncateSync(join(home.paths.logsDir, 'web', 'current.log'));
  await home.ok('restart', 'web');
  await waitFor(() => printed.out.split('one').length > 2, 'the line after the truncation');
  await home.ok('remove', 'web');
  const { code, stderr } = await result;
  expect(code).toBe(0);
  expect(stderr).toContain('"web" was removed; its log ends here');
  expect(stderr).toContain('was truncated');
  await home.down();
});

test('a reader that does not read holds up the output, not the memory', async () => {
  await using home = new HealerHome();
  await home.up(
    'chatty - - -- sh -c "while :; do seq -f \'a line that fills the pipe %.0f\' 1 5000; sleep 0.05; done"',
  );
  const child = spawn(process.execPath, [CLI, 'logs', 'chatty', '-f'], { cwd: home.folder, env: home.env });
  await waitFor(() => child.stdout.readableLength > 0, 'the first output');
  // Nothing reads the output any more.
  const memoryMb = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(child.pid)}/status`, 'utf8'))?.[1]) / 1024;
  const readings: number[] = [];
  await waitFor(() => {
    readings.push(memoryMb());
    return readings.length >= 60;
  }, 'some seconds of output');
  expect(Math.max(...readings.slice(-10))).toBeLessThan(Math.max(...readings.slice(0, 30)) + 30);
  child.kill('SIGKILL');
  await home.down();
});

test('a failure is the exit code, even if nothing reads the output', async () => {
  await using home = new HealerHome();
  await home.up('web - - -- sleep 100000');
  for (const args of ['stop missing', 'restart web missing', 'describe missing']) {
    const command = `${process.execPath} ${CLI} ${args}; echo $? > code`;
    const shell = spawn('sh', ['-c', `(${command}) 2>&1 | head -c0; cat code`], { cwd: home.folder, env: home.env });
    expect((await finished(shell)).stdout).toBe('1\n');
  }
  const full = spawn('sh', ['-c', `${process.execPath} ${CLI} ls > /dev/full`], { cwd: home.folder, env: home.env });
  expect(await finished(full)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('cannot write the output') as string,
  });
  await home.down();
});

test('a pipe gets the bytes of the program with --raw', async () => {
  await using home = new HealerHome();
  home.write(
    'bytes',
    Buffer.from([0x66, 0xfc, 0xff, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x09, 0x0d, 0x0a, 0xee, 0x82, 0xb0, 0x0a]).toString(
      'latin1',
    ),
  );
  await home.up(`raw - - -- sh -c "iconv -f UTF-8 -t LATIN1 bytes; sleep 100000"`);
  await waitFor(async () => (await home.run('logs', 'raw')).stdout.split('\n').length > 2, 'both lines');
  const shell = spawn('sh', ['-c', `${process.execPath} ${CLI} logs raw --raw | od -An -tx1`], {
    cwd: home.folder,
    env: home.env,
  });
  expect((await finished(shell)).stdout.trim()).toBe('66 fc ff 1b 5b 33 31 6d 09 0d 0a ee 82 b0 0a');
  await home.down();
});

test('an unfinished line is printed within a second, and its rest after it', async () => {
  await using home = new HealerHome();
  const script = home.write(
    'ask.sh',
    "#!/bin/sh\nprintf 'Name? '\nwhile [ ! -e answer ]; do sleep 0.05; done\necho Bob\nprintf 'bye'\n",
  );
  await home.up(`ask - - -- ${script}`);
  const { child, printed } = start(home, 'logs', 'ask', '-f');
  await waitFor(() => printed.out === 'Name? ', 'the prompt');
  home.write('answer', '');
  await waitFor(() => printed.out.startsWith('Name? Bob\nbye\n'), 'the answer');
  child.kill('SIGINT');
  await home.down();
});
