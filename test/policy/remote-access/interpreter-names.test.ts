import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gtfobinsModule } from '../../../scripts/gtfobins.ts';
import { GTFOBINS } from '../../../src/policy/remote-access/gtfobins.ts';
import { isInterpreter, isLoadingService } from '../../../src/policy/remote-access/interpreters.ts';

const SOURCE = readFileSync(new URL('../../../scripts/gtfobins.json', import.meta.url), 'utf8');
const MODULE = new URL('../../../src/policy/remote-access/gtfobins.ts', import.meta.url);
const { programs, date } = JSON.parse(SOURCE) as { programs: Record<string, string>; date: string };

describe('the names from GTFOBins', () => {
  test('are those of the checked-in source, with its date', () => {
    const names = GTFOBINS.split(/\s+/).filter((name) => name !== '');
    const written = gtfobinsModule(SOURCE).split('`')[1]?.split(/\s+/) ?? [];
    expect(names).toEqual(written.filter((name) => name !== ''));
    expect(readFileSync(MODULE, 'utf8')).toContain(` of ${date}.`);
    expect(Object.keys(programs).length).toBeGreaterThan(450);
  });

  test('contain every program that can be made to start a shell, run a command or load code', () => {
    const executing = Object.entries(programs)
      .filter(([, functions]) => /shell|command|inherit|library-load|file-write/.test(functions))
      .map(([name]) => `/usr/bin/${name}`);
    expect(executing.length).toBeGreaterThan(300);
    expect(executing.filter((path) => !isInterpreter(path) && !isLoadingService(path))).toEqual([]);
  });

  test('leave out programs that only read files', () => {
    expect(isInterpreter('/usr/bin/cat')).toBe(false);
    expect(programs['cat']).toBe('file-read');
  });
});

const LAUNCHERS = `fstab-decode timed-run mispipe lckdo sotruss memusage s6-setsid s6-envdir fghack heaptrack rdbg3.1 rdbg multilog
  uclampset gdbtui msgexec pidproxy gprofng ctest erb update-ca-certificates systemd-socket-activate systemd-notify sudo-rs`;
const LOADERS = `gunicorn gunicorn3 uwsgi flask celery waitress-serve hypercorn twistd twistd3 uvicorn daphne django-admin pytest-3 puma
  rackup jest vite conda mamba jupyter-lab`;
const FROM_GTFOBINS = `top ffmpeg fastfetch sshfs procmail rustup borg fail2ban-client ispell minicom autoconf dvips yt-dlp zless
  dnsmasq rsyslogd apport-cli`;

test.each([LAUNCHERS, LOADERS, FROM_GTFOBINS].join(' ').split(/\s+/))('%s must be listed by name', (name) => {
  expect(isInterpreter(`/usr/bin/${name}`)).toBe(true);
});

test.each(['nginx', 'redis-server', 'sshd', 'postgres', 'haproxy', 'apache2'])(
  'the service %s can load code, but is not taken for an interpreter in arguments',
  (name) => {
    expect(isLoadingService(`/opt/${name}/sbin/${name}`)).toBe(true);
    expect(isInterpreter(`/usr/sbin/${name}`)).toBe(false);
  },
);

test.each([
  '/opt/app/top',
  '/opt/app/next',
  '/opt/app/air',
  '/opt/app/server',
  '/opt/app/ab-test',
  '/opt/app/redis-exporter',
])('%s is a program of its own', (path) => {
  expect(isInterpreter(path)).toBe(false);
  expect(isLoadingService(path)).toBe(false);
});
