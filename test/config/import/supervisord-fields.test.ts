import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { formatNote } from '../../../src/config/import/draft/imported.ts';
import { importProcfile } from '../../../src/config/import/procfile.ts';
import { importConf } from '../../../src/config/import/supervisord/conf.ts';

interface Converted {
  readonly programs: Readonly<Record<string, object>>;
  readonly notes: readonly string[];
}

function convert(text: string): Converted {
  const { programs, notes } = importConf(text, '/srv/s.conf');
  const all = [...notes, ...programs.flatMap((program) => program.notes)].map(formatNote);
  return {
    programs: Object.fromEntries(programs.map(({ id, spec }) => [id, spec])),
    notes: all.map((note) => note.replace(/^\/srv\/s\.conf:/, '')),
  };
}

interface Expected {
  readonly stop?: object;
  readonly restart?: { readonly policy?: string };
  readonly startSeconds?: number;
}

/** Adds what each program has: supervisord waits 10 s when it stops one, and gives up after three retries of a start. */
function withDefaults(fields: Expected): object {
  const { restart, startSeconds = 1 } = fields;
  const retries = { maxAttempts: 4, resetAfterMs: Math.max(1, startSeconds) * 1000 };
  return {
    ...fields,
    stop: { gracefulTimeoutMs: 10_000, ...fields.stop },
    restart: restart?.policy === 'never' ? restart : { ...retries, ...restart },
  };
}

/** Returns what a section becomes besides the command, and its notes without the line. */
function fieldsOf(lines: string): { readonly fields: object; readonly notes: readonly string[] } {
  const { programs, notes } = convert(`[program:a]\ncommand=x\n${lines}`);
  const fields = Object.fromEntries(Object.entries(programs['a'] ?? {}).filter(([name]) => name !== 'command'));
  return { fields, notes: notes.map((note) => note.replace(/^\d+: /, '')) };
}

describe('a field of supervisord', () => {
  test.each<[string, object]>([
    ['', {}],
    ['autostart=false', { autostart: false }],
    ['autostart=off', { autostart: false }],
    ['autostart=TRUE', {}],
    ['autorestart=unexpected', { restart: { policy: 'on-failure' } }],
    ['autorestart=true', { restart: { policy: 'always' } }],
    ['autorestart=0', { restart: { policy: 'never' } }],
    ['exitcodes=0,2', { restart: { successExitCodes: [0, 2] } }],
    ['exitcodes=255', { restart: { successExitCodes: [255] } }],
    ['startsecs=0', { startSeconds: 0 }],
    ['startsecs=3600', { startSeconds: 3600 }],
    ['startretries=0', { restart: { maxAttempts: 1, resetAfterMs: 1000 } }],
    ['startretries=3', { restart: { maxAttempts: 4, resetAfterMs: 1000 } }],
    ['startretries=3\nstartsecs=10', { startSeconds: 10, restart: { maxAttempts: 4, resetAfterMs: 10_000 } }],
    ['startretries=3\nstartsecs=0', { startSeconds: 0, restart: { maxAttempts: 4, resetAfterMs: 1000 } }],
    ['stopsignal=INT', { stop: { signal: 'SIGINT' } }],
    ['stopsignal=sigquit', { stop: { signal: 'SIGQUIT' } }],
    ['stopsignal=10', { stop: { signal: 'SIGUSR1' } }],
    ['stopwaitsecs=0', { stop: { gracefulTimeoutMs: 0 } }],
    ['stopasgroup=true', { stop: { target: 'group' } }],
    ['stopasgroup=false', {}],
    ['stopwaitsecs=10', { stop: { gracefulTimeoutMs: 10_000 } }],
    ['umask=7', { umask: '007' }],
    ['umask=0022', { umask: '0022' }],
    ['user=www', { user: 'www' }],
    ['user=1000', { user: 1000 }],
    ['directory=/data', { cwd: '/data' }],
    ['directory=%(here)s/x', { cwd: '/srv/x' }],
    ['directory=%(ENV_HOME)s', { cwd: '${HOME}' }],
    ['priority=999', {}],
    ['stdout_logfile_maxbytes=10MB', { logs: { maxSizeMb: 10 } }],
    ['stdout_logfile_backups=0', { logs: { keep: 0 } }],
    ['stdout_logfile_backups=1000', { logs: { keep: 1000 } }],
    ['stdout_syslog=false', {}],
    ['numprocs=1', {}],
    ['environment=A="1",B=\'two\'', { env: { A: '1', B: 'two' } }],
    ['environment=A=%(program_name)s-%(group_name)s', { env: { A: 'a-a' } }],
    ['environment=A=%(host_node_name)s', { env: { A: hostname() } }],
    ['environment=A=$x', { env: { A: '$$x' } }],
  ])('%j is imported as %j, without a note', (lines, fields) => {
    expect(fieldsOf(lines)).toEqual({ fields: withDefaults(fields), notes: [] });
  });

  test.each<[string, object, string]>([
    ['autostart=maybe', {}, 'autostart: "maybe" is neither true nor false; true is assumed'],
    ['autorestart=maybe', {}, 'autorestart: "maybe" is not one of true, false and unexpected'],
    ['exitcodes=256', {}, 'exitcodes: "256" is not a list of exit codes'],
    ['exitcodes=', {}, 'exitcodes: "" is not a list of exit codes'],
    ['startsecs=3601', {}, 'startsecs: "3601" is not an allowed number; it was left out'],
    ['startsecs=-1', {}, 'startsecs: "-1" is not an allowed number; it was left out'],
    ['startsecs=1.5', {}, 'startsecs: "1.5" is not an allowed number; it was left out'],
    ['startretries=-1', {}, 'startretries: "-1" is not an allowed number; it was left out'],
    [
      'startretries=1\nautorestart=false',
      { restart: { policy: 'never' } },
      'startretries: the restart policy "never" applies to failed starts too',
    ],
    ['stopsignal=NOPE', {}, 'stopsignal: "NOPE" is not a signal'],
    ['stopsignal=0', {}, 'stopsignal: "0" is not a signal'],
    ['stopwaitsecs=-1', {}, 'stopwaitsecs: "-1" is not an allowed number; it was left out'],
    ['umask=8', {}, 'umask: "8" is not octal'],
    ['umask=00022', {}, 'umask: "00022" is not octal'],
    ['directory=data', { cwd: '/srv/data' }, 'directory: resolved relative to the folder of this file'],
    [
      'priority=1',
      {},
      'priority: programs are listed in this order, but start together; use "dependsOn" to name the programs that a program needs',
    ],
    ['stdout_logfile_maxbytes=0', {}, "stdout_logfile_maxbytes: healer's logs always rotate"],
    ['stdout_logfile_maxbytes=much', {}, 'stdout_logfile_maxbytes: "much" is not a size'],
    ['stdout_logfile_backups=1001', {}, 'stdout_logfile_backups: "1001" is not an allowed number; it was left out'],
    ['stdout_logfile=/x.log', {}, 'healer writes stdout and stderr to logs/<id>/current.log; "healer logs" shows them'],
    [
      'stdout_syslog=true',
      {},
      'stdout_syslog: syslog has no equivalent; use a log shipper that reads logs/<id>/current.log',
    ],
    ['stopasgroup=maybe', {}, 'stopasgroup: "maybe" is neither true nor false; false is assumed'],
    ['killasgroup=true', {}, 'killasgroup: a force kill always ends the whole process tree'],
    ['numprocs=1001', {}, 'numprocs: "1001" is not an allowed number; it was left out'],
    ['environment=A', {}, 'environment is not of the form KEY="value",…; it was left out'],
    ['colour=red', {}, '"colour" is not a documented field of supervisord; it was left out'],
    ['environment=A=%(nope)s', { env: { A: '%(nope)s' } }, '"%(nope)s" cannot be expanded and was kept'],
  ])('%j is imported as %j, with a note', (lines, fields, note) => {
    expect(fieldsOf(lines)).toEqual({ fields: withDefaults(fields), notes: [note] });
  });
});

const ORDER =
  'priority: programs are listed in this order, but start together; use "dependsOn" to name the programs that a program needs';

describe('a section of supervisord', () => {
  const instances = (first: number, ...ids: readonly string[]) =>
    Object.fromEntries(ids.map((id, index) => [id, { command: 'x', args: [String(first + index)] }]));

  test.each<[string, string, object, readonly string[]]>([
    [
      'with identical processes becomes instances',
      '[program:a]\ncommand=x\nnumprocs=2\nprocess_name=%(program_name)s_%(process_num)02d',
      { a: { command: 'x', instances: 2 } },
      ['4: the instances are named a-0 to a-1'],
    ],
    [
      'with different processes becomes programs',
      '[program:a]\ncommand=x %(process_num)d\nnumprocs=2\nprocess_name=%(program_name)s_%(process_num)02d',
      instances(0, 'a_00', 'a_01'),
      [],
    ],
    [
      'counts processes from numprocs_start',
      '[program:a]\ncommand=x %(process_num)d\nnumprocs=2\nnumprocs_start=8\nprocess_name=p%(process_num)d',
      instances(8, 'p8', 'p9'),
      [],
    ],
    [
      'with the settings of [supervisord]',
      '[supervisord]\ndirectory=data\numask=2\nenvironment=A=1,B=1\n[program:a]\ncommand=x\nenvironment=B=2',
      { a: { command: 'x', cwd: '/srv/data', env: { A: '1', B: '2' }, umask: '002' } },
      [],
    ],
    [
      'resolves a relative command from its directory',
      '[program:a]\ncommand=./x\ndirectory=/data',
      { a: { command: '/data/x', cwd: '/data' } },
      [],
    ],
    ['resolves a relative command from its file', '[program:a]\ncommand=bin/x', { a: { command: '/srv/bin/x' } }, []],
    [
      'passes variables on by reference',
      '[program:a]\ncommand=x %(ENV_LANG_OF_TEST)s %% "a b"',
      { a: { command: 'x', args: ['${LANG_OF_TEST}', '%', 'a b'] } },
      [],
    ],
    ['without a command is left out', '[program:a]', {}, ['1: "a" was left out: the command is missing']],
    [
      'of a group without one of its programs is noted',
      '[group:g]\nprograms=a',
      {},
      ['1: [group:g] lists "a", but there is no such program'],
    ],
    ['of another kind is noted', '[other]', {}, ['1: [other]: not a documented section of supervisord']],
    [
      'of the same name is combined',
      '[program:a]\ncommand=x\nuser=u\n[program:a]\ncommand=y',
      { a: { command: 'y', user: 'u' } },
      [],
    ],
    [
      'names its group',
      '[group:g]\nprograms=a\n[program:a]\ncommand=x %(group_name)s',
      { a: { command: 'x', args: ['g'], groups: ['g'] } },
      ['1: [group:g]: the programs have the field "groups"; "@name" selects them in commands'],
    ],
    [
      'of a program with a lower priority comes first',
      '[program:a]\ncommand=x\npriority=20\n[program:b]\ncommand=y\npriority=10',
      { b: { command: 'y' }, a: { command: 'x' } },
      [`6: ${ORDER}`, `3: ${ORDER}`],
    ],
  ])('%s', (_what, text, programs, notes) => {
    const expected = Object.entries(programs).map(([id, spec]) => [id, withDefaults(spec)]);
    expect(convert(text)).toEqual({ programs: Object.fromEntries(expected), notes });
    expect(Object.keys(convert(text).programs)).toEqual(Object.keys(programs));
  });
});

describe('a line of a Procfile', () => {
  const convertProcfile = (text: string, dotenv: string | null = null) => {
    const { programs, notes } = importProcfile(text, '/srv/Procfile', { dotenv });
    return {
      programs: programs.map(({ id, spec: { cwd, ...spec } }) => ({ id, ...spec, ...(cwd !== '/srv' && { cwd }) })),
      notes: [...notes, ...programs.flatMap((program) => program.notes)].map((note) =>
        formatNote(note).replace('/srv/Procfile:', ''),
      ),
    };
  };
  const web = (fields: object) => [{ id: 'web', env: { PORT: '5000' }, ...fields }];

  test.each<[string, readonly object[]]>([
    ['web: node a', web({ command: 'node', args: ['a'] })],
    ['web:node', web({ command: 'node' })],
    ['  # comment\n\nweb: node  \r\n', web({ command: 'node' })],
    ['web: ./bin/x', web({ command: '/srv/bin/x' })],
    ['web: x $PORT', web({ command: 'x', args: ['5000'] })],
    ['web: x ${PORT}', web({ command: 'x', args: ['5000'] })],
    ['web: x ${PORT:-80}', web({ command: 'x', args: ['5000'] })],
    ['web: x $PORTS', web({ command: 'x $$PORTS', shell: true })],
    ["web: x '$PORT'", web({ command: 'x', args: ['$$PORT'] })],
    ['web: x \\$PORT', web({ command: 'x', args: ['$$PORT'] })],
    ['web: x $PORT | y', web({ command: 'x $$PORT | y', shell: true })],
    ['web: PORT=80 x', web({ command: 'x', env: { PORT: '80' } })],
  ])('%j is imported as %j', (text, programs) => {
    expect(convertProcfile(text)).toEqual({ programs, notes: [] });
  });

  test.each([
    [null, '5000', '5100', undefined],
    ['', '5000', '5100', '/srv/.env'],
    ['PORT=80', '80', '180', '/srv/.env'],
    ['A=1\nexport PORT="3000"', '5000', '5100', '/srv/.env'],
    ['A=1\nPORT="3000"', '3000', '3100', '/srv/.env'],
    ['# PORT=80', '5000', '5100', '/srv/.env'],
    ['PORT=x', '5000', '5100', '/srv/.env'],
  ])('with the .env file %j gets a port of its own', (dotenv, first, second, envFile) => {
    const { programs } = convertProcfile('a: x\nnonsense\nb: y', dotenv);
    expect(programs.map((program) => [program.env?.['PORT'], program.envFile])).toEqual([
      [first, envFile],
      [second, envFile],
    ]);
  });

  test.each([
    ['nonsense', '1: not an entry of the form "name: command"; foreman skips it too'],
    ['web:', '1: not an entry of the form "name: command"; foreman skips it too'],
    ['a b: x', '1: not an entry of the form "name: command"; foreman skips it too'],
    ['release: x', '1: Heroku runs "release" once per deploy; run it with "healer start release"'],
  ])('%j is noted', (text, note) => {
    expect(convertProcfile(text).notes).toEqual([note]);
  });

  test('of a release is not started with the engine', () => {
    expect(convertProcfile('release: x').programs).toMatchObject([{ autostart: false, restart: { policy: 'never' } }]);
  });
});
