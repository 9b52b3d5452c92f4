import { describe, expect, test } from 'vitest';
import { parseProcessLine } from '../../../src/config/process-list/process-line.ts';

const FORM = 'expected: name cpu_limit memory_limit_MB [-- command arg ...]';

describe('a valid line', () => {
  test.each<[string, string, string, readonly string[], number | null, number | null]>([
    ['web 50 500', 'web', 'web', [], 50, 500],
    ['web 50 500 -- node', 'web', 'node', [], 50, 500],
    ['web 50 500 -- node server.mjs --port 80', 'web', 'node', ['server.mjs', '--port', '80'], 50, 500],
    ['  web\t50   500  ', 'web', 'web', [], 50, 500],
    ['web 50 500\r', 'web', 'web', [], 50, 500],
    ['web 50 500 # comment', 'web', 'web', [], 50, 500],
    ['web 50 500 -- node # comment', 'web', 'node', [], 50, 500],
    ['web 50 500 -- node a#b', 'web', 'node', ['a#b'], 50, 500],
    ['web 50 500 -- node -- x', 'web', 'node', ['--', 'x'], 50, 500],
    ['web - -', 'web', 'web', [], null, null],
    ['web none NONE', 'web', 'web', [], null, null],
    ['web 0 0', 'web', 'web', [], null, null],
    ['web 0.0 00', 'web', 'web', [], null, null],
    ['web 12.5 .5', 'web', 'web', [], 12.5, 0.5],
    ['web 400 100000', 'web', 'web', [], 400, 100_000],
    ['"web" \'50\' 5"0"0', 'web', 'web', [], 50, 500],
    ['web 1 1 -- sh -c "echo a b"', 'web', 'sh', ['-c', 'echo a b'], 1, 1],
    ["web 1 1 -- sh -c 'echo $HOME'", 'web', 'sh', ['-c', 'echo $HOME'], 1, 1],
    ['web 1 1 -- echo a\\ b ""', 'web', 'echo', ['a b', ''], 1, 1],
    ['web 1 1 -- ./run', 'web', '/srv/app/run', [], 1, 1],
    ['web 1 1 -- bin/run', 'web', '/srv/app/bin/run', [], 1, 1],
    ['web 1 1 -- ../run', 'web', '/srv/run', [], 1, 1],
    ['web 1 1 -- /usr/bin/env node', 'web', '/usr/bin/env', ['node'], 1, 1],
    ['web 1 1 -- node ./a.mjs', 'web', 'node', ['./a.mjs'], 1, 1],
    ['a.b_c@d-1 1 1', 'a.b_c@d-1', 'a.b_c@d-1', [], 1, 1],
  ])('%j', (line, id, command, args, cpuPercent, memoryMb) => {
    expect(parseProcessLine(line, '/srv/app')).toEqual({
      kind: 'entry',
      column: line.search(/\S/) + 1,
      spec: { id, command, args, cwd: '/srv/app', limits: { cpuPercent, memoryMb } },
    });
  });
});

test.each(['', '   ', '\t', '\r', '# comment', '   # comment', '#'])('%j is empty', (line) => {
  expect(parseProcessLine(line, '/srv')).toEqual({ kind: 'empty' });
});

describe('an invalid line', () => {
  const ID = 'an id has 1 to 64 characters of A-Z a-z 0-9 . _ @ - and starts with a letter or digit';
  test.each<[string, readonly [column: number, message: string, hint: string][]]>([
    ['web', [[4, 'the CPU limit is missing', `${FORM}; - means no limit`]]],
    ['web 50', [[7, 'the memory limit is missing', `${FORM}; - means no limit`]]],
    ['web 50  ', [[7, 'the memory limit is missing', `${FORM}; - means no limit`]]],
    ['web 50 -- node', [[8, 'the memory limit is missing', `${FORM}; - means no limit`]]],
    ['-- node', [[1, 'the name is missing', `${FORM}; - means no limit`]]],
    ['web 50 500 node', [[12, 'unexpected "node"', FORM]]],
    ['web 50 500 node -- x', [[12, 'unexpected "node"', FORM]]],
    [
      'web 50 500 --',
      [[12, 'the command after "--" is missing', 'write a command, or remove the dashes to run the name as a command']],
    ],
    [
      'web 50 500 -- ""',
      [[12, 'the command after "--" is missing', 'write a command, or remove the dashes to run the name as a command']],
    ],
    [
      'web 50%% 500',
      [[5, '"50%%" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit']],
    ],
    ['web 50 500X', [[8, '"500X" is not a valid memory limit', 'write a number in MB, or - for no limit']]],
    ['web 50 500%', [[8, '"500%" is not a valid memory limit', 'write a number in MB, or - for no limit']]],
    ['web 2g 500', [[5, '"2g" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit']]],
    ['web -5 500', [[5, '"-5" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit']]],
    ['web +5 500', [[5, '"+5" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit']]],
    [
      'web 1e3 500',
      [[5, '"1e3" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit']],
    ],
    [
      'web 0x10 500',
      [[5, '"0x10" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit']],
    ],
    [
      'web 1,5 500',
      [[5, '"1,5" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit']],
    ],
    ['web "" 500', [[5, '"" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit']]],
    [
      'web Infinity NaN',
      [
        [5, '"Infinity" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit'],
        [14, '"NaN" is not a valid memory limit', 'write a number in MB, or - for no limit'],
      ],
    ],
    ['_web 1 1', [[1, '"_web" is not a valid name', ID]]],
    ['a/b 1 1', [[1, '"a/b" is not a valid name', ID]]],
    ['"a b" 1 1', [[1, '"a b" is not a valid name', ID]]],
    ['"" 1 1', [[1, '"" is not a valid name', ID]]],
    [`${'x'.repeat(65)} 1 1`, [[1, `"${'x'.repeat(40)}…" is not a valid name`, ID]]],
    [
      'a/b x y',
      [
        [5, '"x" is not a valid CPU limit', 'write a number in percent of one core, or - for no limit'],
        [7, '"y" is not a valid memory limit', 'write a number in MB, or - for no limit'],
        [1, '"a/b" is not a valid name', ID],
      ],
    ],
  ])('%j', (line, problems) => {
    expect(parseProcessLine(line, '/srv')).toMatchObject({
      kind: 'bad',
      problems: problems.map(([column, message, hint]) => ({ column, message, hint })),
    });
  });

  test.each([
    ['web 1 1 -- "open', 12],
    ["web 1 1 -- 'open", 12],
    ['web 1 1 -- a\\', 13],
  ])('%j has an unfinished quote in column %d', (line, column) => {
    expect(parseProcessLine(line, '/srv')).toMatchObject({ kind: 'bad', problems: [{ column }] });
  });
});

test.each([
  ['web 50% 500', 50, 500],
  ['web 500% 500MB', 500, 500],
  ['web - 2g', null, 2048],
  ['web 50 1.5GiB', 50, 1536],
  ['web 0.5% 512M', 0.5, 512],
  ['web 50 0M', 50, null],
])('%j has limits with units', (line, cpuPercent, memoryMb) => {
  expect(parseProcessLine(line, '/srv')).toMatchObject({ kind: 'entry', spec: { limits: { cpuPercent, memoryMb } } });
});
