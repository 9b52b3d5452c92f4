import { describe, expect, test } from 'vitest';
import { parseMegabytes } from '../../../../src/config/import/draft/byte-size.ts';
import { escapeReferences } from '../../../../src/config/import/draft/escape-references.ts';
import { finishDrafts } from '../../../../src/config/import/draft/finish-drafts.ts';
import { ProgramDraft } from '../../../../src/config/import/draft/program-draft.ts';
import { readShellLine } from '../../../../src/config/import/draft/shell-line.ts';
import { textOf } from '../../../../src/config/import/draft/text-of.ts';
import { detectImportKind } from '../../../../src/config/import/import-kind.ts';
import { canonicalKey } from '../../../../src/config/import/pm2/app-keys.ts';
import { parseConfFile } from '../../../../src/config/import/draft/conf-file.ts';
import { parseEnvironment } from '../../../../src/config/import/supervisord/environment.ts';
import { expandText } from '../../../../src/config/import/supervisord/expressions.ts';
import { parseCount } from '../../../../src/config/import/supervisord/program-fields.ts';

test.each([
  ['300M', 300],
  ['300MB', 300],
  ['300MiB', 300],
  [' 1.5 GB ', 1536],
  ['2g', 2048],
  ['512k', 0.5],
  ['1048576', 1],
  [1_048_576, 1],
  ['1048576b', 1],
  [0, 0],
  ['', null],
  ['M', null],
  ['-1M', null],
  ['1T', null],
  ['1,5G', null],
  [null, null],
  [true, null],
])('the size %j is %j MB', (value, expected) => {
  expect(parseMegabytes(value)).toBe(expected);
});

test.each([
  ['a', 'a'],
  ['$HOME', '$$HOME'],
  ['${A} $$', '$${A} $$$$'],
  [
    ['$a', 1, null],
    ['$$a', 1, null],
  ],
  [
    { a: { b: '$c' }, $d: true },
    { a: { b: '$$c' }, $d: true },
  ],
])('%j is escaped as %j', (value, expected) => {
  expect(escapeReferences(value)).toEqual(expected);
});

test.each([
  ['text', 'text'],
  [5, '5'],
  [true, 'true'],
  [null, 'null'],
  [['a'], '["a"]'],
])('%j as text is %s', (value, expected) => {
  expect(textOf(value)).toBe(expected);
});

describe('a shell line without a shell', () => {
  test.each<[string, object]>([
    ['node', { command: 'node' }],
    ['node server.mjs --port 80', { command: 'node', args: ['server.mjs', '--port', '80'] }],
    ['exec node a', { command: 'node', args: ['a'] }],
    ['A=1 B="x y" node a', { command: 'node', args: ['a'], env: { A: '1', B: 'x y' } }],
    ['node \'a $b\' "c d"', { command: 'node', args: ['a $b', 'c d'] }],
    ['node \\$HOME', { command: 'node', args: ['$HOME'] }],
    ['node a=b', { command: 'node', args: ['a=b'] }],
  ])('%s', (line, expected) => {
    expect(readShellLine(line)).toEqual(expected);
  });

  test.each([
    'node $PORT',
    'node "$PORT"',
    'a | b',
    'a && b',
    'a; b',
    'a > b',
    'ls *.txt',
    'ls ~',
    'echo `date`',
    'cd /srv',
    '. ./env',
    'while true; do a; done',
    'A=1',
    'node "open',
    'a\nb',
  ])('is not possible for %j', (line) => {
    expect(readShellLine(line)).toEqual({ command: line, shell: true });
  });
});

test.each([
  ['Procfile', '', 'procfile'],
  ['Procfile.dev', '', 'procfile'],
  ['my.procfile', '', 'procfile'],
  ['ecosystem.config.js', '', 'pm2'],
  ['a.json', '', 'pm2'],
  ['a.yml', '', 'pm2'],
  ['a.conf', '', 'supervisord'],
  ['a.ini', '', 'supervisord'],
  ['a', '[program:x]\ncommand=y', 'supervisord'],
  ['a', 'module.exports = {}', 'pm2'],
  ['a', 'export default {}', 'pm2'],
  ['a', 'apps:\n  - name: x', 'pm2'],
  ['a', '{"apps": []}', 'pm2'],
  ['a', 'web: node\nworker: node b', 'procfile'],
  ['a', '# comment\nweb: node', 'procfile'],
  ['a', 'some words', null],
  ['a', '', null],
])('%s with %j is detected as %j', (file, text, expected) => {
  expect(detectImportKind(file, text)).toBe(expected);
});

test.each([
  ['script', 'script'],
  ['exec', 'script'],
  ['cmd', 'script'],
  ['interpreter', 'exec_interpreter'],
  ['interpreterArgs', 'node_args'],
  ['execMode', 'exec_mode'],
  ['maxMemoryRestart', 'max_memory_restart'],
  ['errFile', 'error_file'],
  ['windowsHide', 'windowsHide'],
  ['env_production', 'env_production'],
  ['constructor', 'constructor'],
  ['IO', 'IO'],
])('the PM2 key %s is %s', (key, expected) => {
  expect(canonicalKey(key)).toBe(expected);
});

test.each([
  ['', {}],
  ['A=1', { A: '1' }],
  ['A="a, b",B=\'c\' , C=d', { A: 'a, b', B: 'c', C: 'd' }],
  ['A="x\\"y\\\\z"', { A: 'x"y\\z' }],
  ['A=a"b c"d', { A: 'ab cd' }],
  ['A=', { A: '' }],
  ['A=1 B=2', { A: '1', B: '2' }],
  ['A="open', null],
  ['=x', null],
  ['A', null],
])('the environment %j is read as %j', (text, expected) => {
  expect(parseEnvironment(text)).toEqual(expected);
});

const NAMES = new Map<string, string | number>([
  ['program_name', 'web'],
  ['process_num', 7],
  ['ENV_OWN', 'own'],
]);

test.each<[string, string, readonly string[]]>([
  ['plain', 'plain', []],
  ['%(program_name)s-%(process_num)d', 'web-7', []],
  ['%(process_num)02d', '07', []],
  ['%(process_num)3d|', '  7|', []],
  ['%(process_num)-3d|', '7  |', []],
  ['%(ENV_HOME)s', '${HOME}', []],
  ['%(ENV_OWN)s', 'own', []],
  ['100%%', '100%', []],
  ['$HOME', '$$HOME', []],
  ['%(nope)s', '%(nope)s', ['%(nope)s']],
  ['50% of', '50% of', ['% ']],
])('the expression %j expands to %j', (text, expected, unknown) => {
  expect(expandText(text, NAMES)).toEqual({ text: expected, unknown });
});

test.each([
  ['0', 0],
  ['1000', 1000],
  ['1001', null],
  ['-1', null],
  ['1.5', null],
  ['', null],
  ['many', null],
])('the count %j is %j', (text, expected) => {
  expect(parseCount(text)).toBe(expected);
});

describe('a supervisord file', () => {
  const parse = (text: string) => {
    const { sections, notes } = parseConfFile(text, '/srv/s.conf');
    const values = sections.map(({ name, values: own }) => [
      name,
      Object.fromEntries([...own].map(([key, { text: value }]) => [key, value])),
    ]);
    return { values, notes: notes.map(({ place }) => place) };
  };
  test.each<[string, string, unknown[], string[]]>([
    [
      'sections and values',
      '[a]\nx=1\ny : 2\n[b]\nx=3',
      [
        ['a', { x: '1', y: '2' }],
        ['b', { x: '3' }],
      ],
      [],
    ],
    ['comments', '; c\n# c\n[a]\nx=1 ; c\ny=a;b', [['a', { x: '1', y: 'a;b' }]], []],
    ['continuation lines', '[a]\nx=1\n  2\n  3\ny=4', [['a', { x: '1\n2\n3', y: '4' }]], []],
    ['duplicate keys', '[a]\nx=1\nX=2', [['a', { x: '2' }]], []],
    ['empty values', '[a]\nx=', [['a', { x: '' }]], []],
    ['values with "="', '[a]\nx=a=b', [['a', { x: 'a=b' }]], []],
    ['lines outside of sections', 'x=1\n[a]', [['a', {}]], ['/srv/s.conf:1']],
    ['lines without a value', '[a]\njunk\nx=1', [['a', { x: '1' }]], ['/srv/s.conf:2']],
  ])('with %s', (_what, text, values, notes) => {
    expect(parse(text)).toEqual({ values, notes });
  });
});

describe('ids of imported programs', () => {
  test.each<[readonly string[], readonly string[]]>([
    [['web'], ['web']],
    [
      ['web', 'web', 'web'],
      ['web', 'web-2', 'web-3'],
    ],
    [['my app'], ['my-app']],
    [['--x--'], ['x']],
    [
      ['ä', '???'],
      ['program', 'program-2'],
    ],
    [['x'.repeat(70)], ['x'.repeat(64)]],
    [
      ['x'.repeat(70), 'x'.repeat(64)],
      ['x'.repeat(64), `${'x'.repeat(62)}-2`],
    ],
  ])('of %j are %j', (names, expected) => {
    const drafts = names.map((name) => ({
      draft: new ProgramDraft(name, { command: 'x' }),
      place: 'f',
      isLiteral: true,
    }));
    const { programs, notes } = finishDrafts(drafts, []);
    expect(programs.map(({ id }) => id)).toEqual(expected);
    expect(notes).toEqual([]);
  });

  test('an invalid program is left out with a note', () => {
    const draft = new ProgramDraft('web', { command: '' });
    expect(finishDrafts([{ draft, place: 'f:1', isLiteral: true }], [])).toEqual({
      programs: [],
      notes: [{ weight: 'loss', place: 'f:1', message: '"web" was left out: the command is missing' }],
    });
  });
});
