import { afterEach, expect, test, vi } from 'vitest';
import { formatNote } from '../../../src/config/import/draft/imported.ts';
import { importConf } from '../../../src/config/import/supervisord/conf.ts';

afterEach(() => vi.unstubAllEnvs());

function take(lines: readonly string[]) {
  const { programs } = importConf(['[program:a]', ...lines].join('\n'), '/srv/s.conf');
  const [program] = programs;
  return { spec: program?.spec, notes: program?.notes.map(formatNote) };
}

test.each([
  [['startretries=3', 'startsecs=5'], { maxAttempts: 4, resetAfterMs: 5000 }, []],
  [['startretries=0', 'autorestart=false'], { policy: 'never' }, []],
  [
    ['startretries=2', 'autorestart=false'],
    { policy: 'never' },
    ['/srv/s.conf:3: startretries: the restart policy "never" applies to failed starts too'],
  ],
])('%j are converted in any order', (lines, restart, notes) => {
  const { spec, notes: found } = take(['command=/bin/a', ...lines]);
  expect(spec?.restart).toEqual(restart);
  expect(found).toEqual(notes);
});

test('a number or boolean with an unset variable is noted and left out', () => {
  const { spec, notes } = take(['command=/bin/a', 'numprocs=%(ENV_NOT_SET)s', 'autostart=%(ENV_NOT_SET)s']);
  expect(spec).toEqual({
    command: '/bin/a',
    stop: { gracefulTimeoutMs: 10_000 },
    restart: { maxAttempts: 4, resetAfterMs: 1000 },
  });
  expect(notes).toEqual([
    '/srv/s.conf:3: numprocs: "%(ENV_NOT_SET)s" is not an allowed number; it was left out',
    '/srv/s.conf:4: autostart: "%(ENV_NOT_SET)s" is neither true nor false; true is assumed',
  ]);
});

test('a variable with several words in a command is noted', () => {
  vi.stubEnv('QUEUES', 'high low');
  const { spec, notes } = take(['command=/bin/a %(ENV_QUEUES)s']);
  expect(spec?.args).toEqual(['${QUEUES}']);
  expect(notes).toEqual(['/srv/s.conf:2: command: a variable with several words or none is passed as one argument']);
});
