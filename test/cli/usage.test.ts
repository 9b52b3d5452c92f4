import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { validateIds } from '../../src/cli/command/process-id.ts';
import { processIdSchema } from '../../src/protocol/process-id-schema.ts';
import { CLI, type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeAll(async () => {
  home = await createCliHome();
});
afterAll(() => home.remove());

describe('a wrong command line exits with 2 and prints one sentence', () => {
  test.each([
    [['statsu'], /unknown command 'statsu'.*did you mean status/i],
    [['ls', '--jsn'], /unknown option '--jsn'.*did you mean --json/i],
    [['stop'], /missing required argument/],
    [['stop', 'a b'], /"a b" is not a valid id: use 1 to 64 of the characters/],
    [['stop', 'web', '--timeout', 'soon'], /Write a duration such as 10s, 5m or 1h30m/],
    [['events', '-n', 'many'], /Write a whole number/],
    [['logs', '--grep', '('], /Invalid regular expression/],
    [['logs', '--stream', 'stdin'], /Allowed choices are stdout, stderr/],
    [['cooldown', 'stop', 'web'], /healer cooldown reset <id>/],
    [['cooldown', 'reset'], /healer cooldown reset <id>/],
    [['--instance', 'a/b', 'ls'], /"a\/b" is not a valid instance name/],
    [['up', '-f', '/nowhere/list.txt'], /cannot read "\/nowhere\/list.txt" — check the path/],
    [['tui'], /stdin and stdout must be a terminal/],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await home.run(args);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^healer: /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

test('--json, before or after the command, prints errors as JSON', async () => {
  for (const args of [
    ['--json', 'stop', 'a b'],
    ['stop', '--json', 'a b'],
    ['nonsense', '--json'],
  ]) {
    const { code, stdout, stderr } = await home.run(args);
    expect(stderr).toMatch(/^healer: .*\n$/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'INVALID_CONFIG', message: expect.any(String) } });
    expect(code).toBe(2);
  }
});

test.each([['ls'], ['status'], ['down'], ['events', '-f'], ['logs', '-f'], ['start', 'web']])(
  'without an engine, "%s" exits with 3 and explains how to start one',
  async (...args) => {
    const { code, stdout, stderr } = await home.run(args);
    expect(stderr).toBe('healer: the engine is not running; start it with "healer up"\n');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  },
);

test('without an engine, --json prints the error as JSON', async () => {
  const { code, stdout } = await home.run(['ls', '--json', '--instance', 'blue']);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'ENGINE_NOT_RUNNING', message: expect.stringContaining('healer up --instance blue') },
  });
});

test('prints the version', async () => {
  expect(await home.run(['--version'])).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('help lists every command under a heading, with examples', async () => {
  const { code, stdout } = await home.run(['--help']);
  expect(code).toBe(0);
  for (const part of ['Engine:', 'Inspect:', 'Operate:', 'Examples:', 'Exit codes:', 'cooldown', 'describe']) {
    expect(stdout).toContain(part);
  }
  const widest = Math.max(...stdout.split('\n').map((line) => line.length));
  expect(widest).toBeLessThanOrEqual(80);
});

test('without a command, help is printed to stderr and the exit code is 2', async () => {
  const { code, stdout, stderr } = await home.run([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Usage: healer');
});

test.each(['web', 'a', '0', 'a'.repeat(64), 'a'.repeat(65), 'a.b_c@d-e', '', '-a', '.a', 'a b', 'ä', 'a\n'])(
  'accepts the same ids as the wire contract: %j',
  (id) => {
    const isValid = processIdSchema.safeParse(id).success;
    const validate = () => {
      validateIds([id]);
    };
    if (isValid) expect(validate).not.toThrow();
    else expect(validate).toThrow('is not a valid id');
  },
);

test.each([['--help'], ['ls', '--help'], ['completion', 'bash']])(
  '"healer %s" prints no error after its reader is gone',
  (...args) => {
    const command = ['(sleep 0.3;', process.execPath, CLI, ...args, ') | true'].join(' ');
    const { stdout, stderr, status } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  },
);

test.each([[[]], [['--instance', 'blue']]])(
  'without a command, %j prints the commands that people need',
  async (args) => {
    const { code, stdout, stderr } = await home.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const name of ['add', 'up', 'ls', 'logs', 'why', 'restart', 'tui', 'down'])
      expect(stderr).toContain(`  healer ${name}`);
    expect(stderr.split('\n').filter((line) => line.startsWith('  healer '))).toHaveLength(8);
    expect(stderr).toContain('All commands: healer --help');
  },
);

test('without a command, --json reports an error, and "help" names an unknown command', async () => {
  const json = await home.run(['--json']);
  expect({ code: json.code, ...JSON.parse(json.stdout) }).toMatchObject({ code: 2, error: { code: 'INVALID_CONFIG' } });
  const help = await home.run(['help', 'statsu']);
  expect(help).toMatchObject({
    code: 2,
    stdout: '',
    stderr: 'healer: unknown command \'statsu\' — "healer --help" lists all commands\n',
  });
});
