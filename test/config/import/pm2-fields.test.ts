import { beforeEach, describe, expect, test, vi } from 'vitest';
import { formatNote } from '../../../src/config/import/draft/imported.ts';
import { importEcosystem } from '../../../src/config/import/pm2/ecosystem.ts';

/** Returns what an app becomes, without the fields that every app has, and its notes without their place. */
function converted(app: object): { readonly fields: object; readonly notes: readonly string[] } {
  const { programs, notes } = importEcosystem([{ name: 'a', script: '/bin/x', ...app }], '/srv/e.json', {
    envName: null,
  });
  const { command, cwd, stop, restart, ...others } = programs[0]?.spec ?? { command: '' };
  const { signal, target, gracefulTimeoutMs, ...stopOthers } = stop ?? {};
  const stopFields = { ...(gracefulTimeoutMs !== 1600 && { gracefulTimeoutMs }), ...stopOthers };
  const { policy, ...restartOthers } = restart ?? {};
  const fields = {
    ...(command !== '/bin/x' && { command }),
    ...(cwd !== '/srv' && { cwd }),
    ...(signal !== 'SIGINT' && { signal }),
    ...(target !== 'tree' && { target }),
    ...(policy !== 'always' && { policy }),
    ...(Object.keys(stopFields).length > 0 && { stop: stopFields }),
    ...(Object.keys(restartOthers).length > 0 && { restart: restartOthers }),
    ...others,
  };
  const all = [...notes, ...(programs[0]?.notes ?? [])].map(formatNote);
  return { fields, notes: all.map((note) => note.replace(/^\/srv\/e\.json: \[0\]\.?/, '')) };
}

beforeEach(() => {
  vi.stubEnv('NVM_DIR', '/opt/nvm');
  return () => vi.unstubAllEnvs();
});

describe('a field of PM2', () => {
  test.each<[object, object]>([
    [{}, {}],
    [{ autorestart: false }, { policy: 'never' }],
    [{ autorestart: 'false' }, { policy: 'never' }],
    [{ autorestart: true }, {}],
    [{ stop_exit_codes: [0] }, { policy: 'on-failure', restart: { successExitCodes: [0] } }],
    [{ stop_exit_codes: 255 }, { policy: 'on-failure', restart: { successExitCodes: [255] } }],
    [{ stop_exit_codes: [256, -1, '3'] }, { policy: 'on-failure', restart: { successExitCodes: [3] } }],
    [{ stop_exit_codes: [256] }, {}],
    [{ stop_exit_codes: [1], autorestart: false }, { policy: 'never' }],
    [{ restart_delay: 1 }, { restart: { backoffMs: [1] } }],
    [{ restart_delay: 0 }, {}],
    [{ exp_backoff_restart_delay: 4000 }, { restart: { backoffMs: [4000, 6000, 9000, 13_500, 15_000] } }],
    [{ exp_backoff_restart_delay: 10_000 }, { restart: { backoffMs: [10_000, 15_000] } }],
    [{ exp_backoff_restart_delay: 14_999 }, { restart: { backoffMs: [14_999, 15_000] } }],
    [{ exp_backoff_restart_delay: 15_000 }, { restart: { backoffMs: [15_000] } }],
    [{ exp_backoff_restart_delay: 10_000, restart_delay: 5 }, { restart: { backoffMs: [10_000, 15_000] } }],
    [{ max_restarts: 1 }, { restart: { resetAfterMs: 1000, maxAttempts: 1 } }],
    [{ max_restarts: 3, min_uptime: 500 }, { restart: { resetAfterMs: 500, maxAttempts: 3 } }],
    [{ min_uptime: '5s' }, { restart: { resetAfterMs: 5000 } }],
    [{ min_uptime: '2m' }, { restart: { resetAfterMs: 120_000 } }],
    [{ min_uptime: '1h' }, { restart: { resetAfterMs: 3_600_000 } }],
    [{ kill_timeout: 0 }, { stop: { gracefulTimeoutMs: 0 } }],
    [{ kill_timeout: '1700' }, { stop: { gracefulTimeoutMs: 1700 } }],
    [{ cron_restart: '0 4 * * *' }, { schedule: '0 4 * * *' }],
    [{ cron: '0 4 * * *' }, { schedule: '0 4 * * *' }],
    [{ cron_restart: '0' }, {}],
    [{ cron_restart: ' ' }, {}],
    [{ autostart: false }, { autostart: false }],
    [{ autostart: true }, {}],
    [{ treekill: true }, {}],
    [{ filter_env: true }, { inheritEnv: false }],
    [
      { uid: 1000, gid: 'www' },
      { user: 1000, group: 'www' },
    ],
    [{ user: 'www' }, { user: 'www' }],
    [{ cwd: 'sub' }, { cwd: '/srv/sub' }],
    [{ cwd: '/other' }, { cwd: '/other' }],
    [{ watch: false }, {}],
    [{ watch: 'false', ignore_watch: ['x'] }, {}],
    [{ out_file: '' }, {}],
    [{ wait_ready: null }, {}],
    [{ wait_ready: false }, {}],
    [{ wait_ready: true }, { ready: { message: 'ready', timeoutMs: 3000, failAction: 'warn' } }],
    [
      { waitReady: 'true', listenTimeout: '8000' },
      { ready: { message: 'ready', timeoutMs: 8000, failAction: 'warn' } },
    ],
    [{ wait_ready: true, listen_timeout: 0 }, { ready: { message: 'ready', timeoutMs: 3000, failAction: 'warn' } }],
    [{ args: '-a "b c"' }, { args: ['-a', 'b c'] }],
    [{ args: ['-a', 1, true] }, { args: ['-a', '1', 'true'] }],
    [{ args: 5 }, { args: ['5'] }],
    [{ args: '$HOME' }, { args: ['$$HOME'] }],
    [{ script: 'a.js' }, { command: 'node', args: ['a.js'] }],
    [{ script: 'a.sh' }, { command: 'bash', args: ['a.sh'] }],
    [
      { script: 'a.rb', args: 'x' },
      { command: 'ruby', args: ['a.rb', 'x'] },
    ],
    [{ script: 'a.py' }, { command: 'python3', args: ['a.py'], env: { PYTHONUNBUFFERED: '1' } }],
    [{ script: 'a.py', interpreter: 'none' }, { command: 'a.py' }],
    [
      { script: 'a.js', interpreter: './bin/node' },
      { command: '/srv/bin/node', args: ['a.js'] },
    ],
    [
      { script: 'a.js', node_args: '--inspect', args: 'x' },
      { command: 'node', args: ['--inspect', 'a.js', 'x'] },
    ],
    [{ script: './missing' }, { command: '/srv/missing' }],
    [{ script: 'npm' }, { command: 'npm' }],
    [{ script: 'npm run web' }, { command: 'npm', args: ['run', 'web'] }],
    [{ script: 'a && b' }, { command: 'a && b', shell: true }],
    [{ env: { A: 1, B: true, C: { d: 2 } } }, { env: { A: '1', B: 'true', C: '{"d":2}' } }],
  ])('%j is imported as %j, without a note', (app, fields) => {
    expect(converted(app)).toEqual({ fields, notes: [] });
  });

  test.each<[object, object, string]>([
    [
      { max_memory_restart: '300M' },
      { limits: { memoryMb: 300 } },
      'max_memory_restart: healer counts the memory of the whole process tree, PM2 only that of the main process',
    ],
    [{ max_memory_restart: 0 }, {}, 'max_memory_restart: "0" is not a size; set limits.memoryMb in MB'],
    [{ max_memory_restart: 'big' }, {}, 'max_memory_restart: "big" is not a size; set limits.memoryMb in MB'],
    [{ kill_timeout: -1 }, {}, 'kill_timeout: "-1" is not a number of milliseconds'],
    [{ kill_timeout: 1.5 }, {}, 'kill_timeout: "1.5" is not a number of milliseconds'],
    [
      { max_restarts: 0 },
      { restart: { resetAfterMs: 1000 } },
      'max_restarts: "0" is not a number of attempts; attempts are unlimited',
    ],
    [{ min_uptime: '5d' }, { restart: { resetAfterMs: 1000 } }, 'min_uptime: "5d" is not a duration'],
    [
      { treekill: false },
      { target: 'main', leftovers: 'leave' },
      'treekill: child processes survive a graceful stop, but a force kill still ends the whole process tree',
    ],
    [
      { wait_ready: true, listen_timeout: 'soon' },
      { ready: { message: 'ready', timeoutMs: 3000, failAction: 'warn' } },
      'listen_timeout: "soon" is not a number of milliseconds',
    ],
    [
      { listen_timeout: 5000 },
      {},
      'listen_timeout: no equivalent without wait_ready; startSeconds or "ready" determines when a start has succeeded',
    ],
    [{ filter_env: ['A'] }, {}, 'filter_env: individual variables cannot be filtered; "inheritEnv: false" filters all'],
    [{ uid: true }, {}, 'uid: neither a name nor a number'],
    [{ watch: true }, {}, 'watch: restarts on file changes have no equivalent'],
    [
      { watchDelay: 5, watch: false, shutdownWithMessage: true },
      {},
      'shutdownWithMessage: no message is sent; the program has to handle its stop signal',
    ],
    [
      { err_log: 'x' },
      {},
      'err_log: healer writes stdout and stderr to logs/<id>/current.log; "healer logs" shows them',
    ],
    [{ colour: 1 }, {}, 'colour: not a documented field of PM2; it was left out'],
    [{ vizion: false }, {}, 'vizion: concerns only PM2 itself'],
    [{ env: ['A'] }, {}, 'env: was left out: not an object of variables'],
    [{ env: { A: null } }, {}, 'env.A: was left out: it has no value'],
    [{ instances: 2.5 }, {}, 'instances: "2.5" is not a number of instances; one was imported'],
    [{ instances: 2, increment_var: 'PORT' }, { instances: 2 }, 'increment_var: "PORT" in env is not a number'],
    [
      { script: './bin/www', exec_mode: 'cluster' },
      { command: 'node', args: ['./bin/www'] },
      'exec_mode: a single process needs no cluster; it runs like any other program',
    ],
    [
      { script: './bin/www', exec_mode: 'cluster_mode', interpreter: 'deno' },
      { command: 'deno', args: ['./bin/www'] },
      'exec_mode: a single process needs no cluster; it runs like any other program',
    ],
    [
      { exec_mode: 'cluster' },
      { command: 'node', args: ['/bin/x'] },
      'exec_mode: a single process needs no cluster; it runs like any other program',
    ],
    [
      { script: 'a b', args: 'c' },
      { command: 'a', args: ['b'] },
      'args: were left out: PM2 ignores them when the script contains blanks',
    ],
    [
      { script: 'npm', node_args: '--x' },
      { command: 'npm' },
      'node_args: were left out: "npm" runs without an interpreter',
    ],
    [
      { script: 'a.js', interpreter: 'node@22' },
      { command: '/opt/nvm/versions/node/v22/bin/node', args: ['a.js'] },
      'interpreter: install this version before the start: nvm install 22',
    ],
  ])('%j is imported as %j, with a note', (app, fields, note) => {
    expect(converted(app)).toEqual({ fields, notes: [note] });
  });

  test('increment_var results in a program for each instance', () => {
    const app = { name: 'a', script: '/bin/x', instances: 2, increment_var: 'PORT', env: { PORT: 80 } };
    const { programs } = importEcosystem([app], '/srv/e.json', { envName: null });
    expect(programs.map(({ id, spec }) => [id, spec.env, spec.instances])).toEqual([
      ['a-0', { PORT: '80' }, undefined],
      ['a-1', { PORT: '81' }, undefined],
    ]);
  });
});

describe('the apps of an ecosystem file', () => {
  test.each<[string, unknown, readonly string[], readonly string[]]>([
    ['a list', [{ script: 'a.js' }, { script: 'b.js' }], ['a', 'b'], []],
    ['"apps"', { apps: [{ script: 'a.js' }] }, ['a'], []],
    ['"pm2"', { pm2: [{ script: 'a.js' }] }, ['a'], []],
    ['"apps" within "pm2"', { pm2: { apps: [{ script: 'a.js' }] } }, ['a'], []],
    ['a single app', { script: 'x/a.tar.js' }, ['a.tar'], []],
    ['"apps" with a single app', { apps: { cmd: 'a.js' } }, ['a'], []],
    ['a name that is a number', [{ name: 7, script: 'a.js' }], ['7'], []],
    ['something else in the list', [5, { script: 'a.js' }], ['a'], ['[0]: not an app: an object is expected']],
    ['an app without a script', [{ name: 'a' }], [], ['[0]: "a" was left out: the command is missing']],
    [
      'a deployment',
      { apps: [], deploy: {} },
      [],
      ['deploy: deployment has no equivalent: use your own scripts, then "healer restart"'],
    ],
    ['other values', { apps: [], x: 1 }, [], ['x: no equivalent in healer']],
  ])('are found in %s', (_what, config, ids, notes) => {
    const imported = importEcosystem(config, 'e.js', { envName: null });
    expect(imported.programs.map(({ id }) => id)).toEqual(ids);
    expect(imported.notes.map((note) => formatNote(note).replace('e.js: ', ''))).toEqual(notes);
  });

  test.each([[null], [5], [{}], [{ apps: 5 }], ['x']])('are not found in %j', (config) => {
    expect(() => importEcosystem(config, 'e.js', { envName: null })).toThrow(
      '"e.js" contains no apps: it has to export a list "apps"',
    );
  });
});

test.each<[object, object | undefined]>([
  [
    { wait_ready: true, listen_timeout: 8000 },
    { message: 'ready', timeoutMs: 8000, failAction: 'warn' },
  ],
  [{ wait_ready: false, listen_timeout: 3000 }, undefined],
])('a saved app with %j keeps its readiness and its namespace', (fields, ready) => {
  const app = { name: 'a', pm_exec_path: '/srv/a.js', pm_cwd: '/srv', namespace: 'shop', ...fields };
  const { programs } = importEcosystem([app], '/srv/dump.pm2', { envName: null });
  expect(programs[0]?.spec.ready).toEqual(ready);
  expect(programs[0]?.spec.groups).toEqual(['shop']);
  expect(programs[0]?.notes).toEqual([]);
});
